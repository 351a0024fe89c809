package io.github.atprotobackfill.examples;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/** Lets log lines appear on the console above its status line. */
final class ConsoleLog extends AppenderBase<ILoggingEvent> {

  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n%ex";
  private static final String OUR_LOGGERS = "io.github.atprotobackfill";
  private static final String POOL_LOGGERS = "com.zaxxer.hikari";

  /** The one part that logs through the JDK; held here because the JDK would forget its level. */
  private static final java.util.logging.Logger POSTGRESQL =
      java.util.logging.Logger.getLogger("org.postgresql");

  private final Console console;
  private final PatternLayoutEncoder encoder = new PatternLayoutEncoder();

  private ConsoleLog(Console console) {
    this.console = console;
  }

  /** Sends all logging of this process to {@code console}: warnings, and more as asked for. */
  static void install(Console console, int verbosity) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return; // Another SLF4J binding is on the class path and is configured its own way.
    }
    ConsoleLog appender = new ConsoleLog(console);
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
    root.setLevel(verbosity >= 3 ? Level.DEBUG : Level.WARN);
    context
        .getLogger(OUR_LOGGERS)
        .setLevel(
            switch (verbosity) {
              case 0 -> Level.WARN;
              case 1 -> Level.INFO;
              default -> Level.DEBUG;
            });
    // The pool logs with a stack trace what it also throws, and what is thrown is said in one line.
    context.getLogger(POOL_LOGGERS).setLevel(verbosity == 0 ? Level.OFF : Level.INFO);
    POSTGRESQL.setLevel(verbosity == 0 ? java.util.logging.Level.OFF : null);
  }

  @Override
  public void start() {
    encoder.setContext(getContext());
    encoder.setPattern(PATTERN);
    encoder.start();
    super.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    console.note(new String(encoder.encode(event), StandardCharsets.UTF_8).stripTrailing());
  }
}

package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillProgress;
import java.time.Duration;

/**
 * Shows how a run stands: on a terminal as a bar in one line that is rewritten, elsewhere as a
 * plain line now and then. Used by one thread.
 */
final class ProgressBar {

  private static final Duration BAR_EVERY = Duration.ofMillis(500);
  private static final Duration LINE_EVERY = Duration.ofSeconds(5);
  private static final int SHORTEST_BAR = 8;
  private static final int LONGEST_BAR = 30;

  private final Console console;
  private final int width;
  private final Pace pace = new Pace();

  ProgressBar(Console console) {
    this(console, Terminal.width());
  }

  ProgressBar(Console console, int width) {
    this.console = console;
    this.width = width;
  }

  /** How often {@link #show} is worth calling. */
  Duration every() {
    return console.terminal() ? BAR_EVERY : LINE_EVERY;
  }

  /** Takes note of where the run begins, which may be in the middle of a job. */
  void begin(BackfillProgress now) {
    pace.note(now);
  }

  void show(BackfillProgress now) {
    pace.note(now);
    if (console.terminal()) {
      console.status(bar(now));
    } else {
      console.note(line(now));
    }
  }

  /** Takes the bar away, so that other things can be said. */
  void close() {
    console.status("");
  }

  private String bar(BackfillProgress now) {
    BackfillProgress.Repos repos = now.repos();
    String text =
        "%s/%s%s repos %s rec/s hosts %d busy %d parked %d down%s"
            .formatted(
                Quantity.count(repos.discovered() - repos.open()),
                Quantity.count(repos.discovered()),
                now.discoveryDone() ? "" : "+",
                Quantity.count(pace.recordsPerSecond()),
                now.hosts().busy(),
                now.hosts().parked(),
                now.hosts().down(),
                pace.timeLeft().map(left -> " " + Quantity.clock(left) + " left").orElse(""));
    // The last column stays free: some terminals wrap when it is written to.
    int room = width - 1 - text.length() - "[] ".length();
    if (room < SHORTEST_BAR) {
      return text.substring(0, Math.min(text.length(), width - 1));
    }
    return "[" + filled(repos, Math.min(room, LONGEST_BAR)) + "] " + text;
  }

  private static String filled(BackfillProgress.Repos repos, int length) {
    long ended = repos.discovered() - repos.open();
    int full = repos.discovered() == 0 ? 0 : (int) (length * ended / repos.discovered());
    return "#".repeat(full) + ".".repeat(length - full);
  }

  private String line(BackfillProgress now) {
    BackfillProgress.Repos repos = now.repos();
    return "%s  %s of %s%s, %s (%s/s), hosts: %d busy, %d parked, %d down%s"
        .formatted(
            Quantity.clock(now.elapsed()),
            Quantity.count(repos.discovered() - repos.open()),
            Quantity.of(repos.discovered(), "repo"),
            now.discoveryDone() ? "" : " so far",
            Quantity.of(now.counts().seen(), "record"),
            Quantity.count(pace.recordsPerSecond()),
            now.hosts().busy(),
            now.hosts().parked(),
            now.hosts().down(),
            pace.timeLeft().map(left -> ", about " + Quantity.clock(left) + " left").orElse(""));
  }
}

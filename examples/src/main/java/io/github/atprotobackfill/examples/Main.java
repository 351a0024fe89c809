package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.repo.RepoKey;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line {@code atproto-backfill}; without arguments it is {@code demo}. */
@Command(
    name = "atproto-backfill",
    description = {
      "Gets every record of the wanted collections of AT Protocol into your own store.",
      "Without arguments: demo."
    },
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.Version.class,
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      WorkerCommand.class,
      JobsCommand.class,
      RepoCommand.class,
      IngesterCommand.class,
      BackfillerCommand.class,
      IndexerCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:completed: every repo is in a final good state",
      "3:incomplete: ended with repos or sources missing, which are counted and listed;"
          + " of repo: it is not valid, or not shown to be signed",
      "1:failed, or cancelled",
      "2:the command line cannot be used",
      "130:interrupted or paused; the same command goes on where it stopped"
    })
public final class Main implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log more to standard error; -vv still more.")
  private boolean[] verbosity = {};

  Main(Console console) {
    this.console = console;
  }

  /** Runs the command that {@code args} name, and ends the JVM with its exit status. */
  public static void main(String[] args) {
    System.exit(execute(Console.ofProcess(), args));
  }

  /** Runs the command that {@code args} name; returns its exit status. */
  static int execute(Console console, String... args) {
    return commandLine(new Main(console)).execute(args.length == 0 ? new String[] {"demo"} : args);
  }

  private static CommandLine commandLine(Main main) {
    CommandLine commandLine = new CommandLine(main);
    commandLine.registerConverter(ServiceUrl.class, strictly(ServiceUrl::parse));
    commandLine.registerConverter(DatabaseUrl.class, strictly(DatabaseUrl::parse));
    commandLine.registerConverter(RedisUrl.class, strictly(RedisUrl::parse));
    commandLine.registerConverter(Nsid.class, strictly(Nsid::parse));
    commandLine.registerConverter(RepoKey.class, Main::key);
    commandLine.registerConverter(UUID.class, Main::jobId);
    commandLine.setOut(main.console.out());
    commandLine.setErr(main.console.err());
    commandLine.setExecutionStrategy(main::withLogging);
    commandLine.setParameterExceptionHandler((e, args) -> main.misused(e));
    commandLine.setExecutionExceptionHandler((e, command, parsed) -> main.brokeDown(e));
    return commandLine;
  }

  /** The command that picocli has put in place before it calls a subcommand. */
  static Main required(@Nullable Main main) {
    return Objects.requireNonNull(main, "picocli sets the parent command");
  }

  /** The value of an option without which no command is called. */
  static <T> T given(@Nullable T option) {
    return Objects.requireNonNull(option, "picocli asks for required options");
  }

  /** What the commands talk to. */
  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do; --help tells");
  }

  private int withLogging(ParseResult parsed) {
    ConsoleLog.install(console, verbosity.length);
    return new RunLast().execute(parsed);
  }

  private int misused(ParameterException e) {
    console.note(e.getCommandLine().getCommandSpec().qualifiedName() + ": " + e.getMessage());
    return ExitStatus.USAGE;
  }

  private int brokeDown(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      console.note("interrupted");
      return ExitStatus.INTERRUPTED;
    }
    console.status("");
    boolean expected = e instanceof BackfillException;
    console.note("error: " + (expected ? Failure.of(e).message() : e));
    if (!expected || verbosity.length > 0) {
      e.printStackTrace(console.err());
    }
    return ExitStatus.of(e);
  }

  private static UUID jobId(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("not the id of a job: \"" + text + "\"");
    }
  }

  private static RepoKey key(String text) {
    return RepoKey.ofDidKey(text)
        .orElseThrow(
            () -> new TypeConversionException("not a did:key of a curve in use: \"" + text + "\""));
  }

  private static <T> ITypeConverter<T> strictly(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (InvalidSyntaxException | IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  /** The version that the jar was built as. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"atproto-backfill " + (version == null ? "(unpackaged)" : version)};
    }
  }
}

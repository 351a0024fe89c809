package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code demo}: a network with faults in this process, backfilled and compared with its truth. */
@Command(
    name = "demo",
    description = {
      "Backfills a simulated network with faults into an embedded database, and checks the result.",
      "Asks nothing of anybody outside of this process. Exit status 0 when all ended as it had to."
    },
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {

  private static final String DATABASE = "atproto-backfill-demo.db";
  private static final int FEWEST_ACCOUNTS = 100;

  /** Hosts in this process are not strangers to be gentle with. */
  private static final HostPolicy UNLIMITED =
      new HostPolicy(16, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

  /** The demo's dead host stays dead; nobody wants to watch that for minutes. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(2);

  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private @Nullable Main main;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the database is made; default a new temporary directory.")
  private @Nullable Path directory;

  @Option(
      names = "--accounts",
      paramLabel = "N",
      description = "How many accounts the network has; default ${DEFAULT-VALUE}.")
  private int accounts = 2000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Another network for another number; default ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (accounts < FEWEST_ACCOUNTS) {
      throw misuse("--accounts must be at least " + FEWEST_ACCOUNTS + ": " + accounts);
    }
    Path file = database();
    try (DemoNetwork network = DemoNetwork.start(accounts, seed)) {
      network.describe(out());
      return show(network, file);
    }
  }

  private int show(DemoNetwork network, Path file) throws InterruptedException {
    Destination destination = new Destination.Database(DatabaseUrl.ofSqlite(file));
    out().printf("%nGetting two of its collections:%n");
    Ended first = run(network, destination, DemoCommand::everything);
    if (first.state() != JobState.INCOMPLETE) {
      return unexpected(first);
    }
    String dead = network.dead().name();
    out()
        .printf(
            "%nNothing answered at %s, so that job is \"incomplete\", and lists what is missing.%n"
                + "Now %s answers again. A retry takes up just what failed:%n",
            dead, dead);
    network.dead().listenAgain();
    Ended second = run(network, destination, (backfill, n) -> backfill.jobs().retryOf(first.job()));
    if (second.state() != JobState.COMPLETED || !first.holds() || !second.holds()) {
      return unexpected(second);
    }
    out()
        .printf(
            "%nAll ended as it had to. Look at it yourself:%n  sqlite3 %s \\%n    \"%s\"%n",
            Shell.quoted(file.toString()),
            "select collection, count(*), count(distinct did) from atproto_record group by 1");
    out().flush();
    return ExitStatus.COMPLETED;
  }

  /**
   * How one of the demo's jobs ended.
   *
   * @param otherwise the exit status if it had to end otherwise
   * @param holds whether repos and records are what they had to be
   */
  private record Ended(UUID job, JobState state, int otherwise, boolean holds) {}

  /** Picks a job for the network. */
  private interface Choice {
    BackfillJob of(Backfill backfill, DemoNetwork network);
  }

  private Ended run(DemoNetwork network, Destination destination, Choice choice)
      throws InterruptedException {
    out().flush();
    try (XrpcClient client =
        XrpcClient.builder().allowPrivateHosts(true).hostPolicy(host -> UNLIMITED).build()) {
      BackfillBuilder engine =
          Backfill.builder()
              .client(client)
              .resolver(DidResolvers.standard(client, network.directory().url()))
              .hostPatience(PATIENCE)
              .retryAfter(FIRST_RETRY, LONGEST_RETRY);
      return new JobRunner(console(), destination, engine)
          .run(
              backfill -> backfill.start(choice.of(backfill, network)),
              (end, backfill) -> ended(network, destination, end, backfill));
    }
  }

  private Ended ended(
      DemoNetwork network, Destination destination, JobRunner.End end, Backfill backfill) {
    JobStanding standing = end.standing();
    new SummaryText(backfill.jobs(), Optional.empty()).write(out(), standing);
    if (end.brokeDown() || !standing.state().terminal()) {
      return new Ended(standing.job(), standing.state(), end.exitStatus(), false);
    }
    try (Destination.Ledger ledger = destination.ledger()) {
      DemoCheck check = DemoCheck.of(network, standing.job(), ledger);
      check.write(out());
      return new Ended(standing.job(), standing.state(), ExitStatus.FAILED, check.holds());
    }
  }

  private static BackfillJob everything(Backfill backfill, DemoNetwork network) {
    return new BackfillJob.Collections(
        List.of(network.relay().url()), DemoNetwork.COLLECTIONS, false);
  }

  private int unexpected(Ended end) {
    if (end.state().terminal()) {
      out().println("That is NOT how it had to end.");
      out().flush();
    }
    return end.otherwise();
  }

  private Path database() throws IOException {
    if (directory == null) {
      return Files.createTempDirectory("atproto-backfill-demo").resolve(DATABASE);
    }
    Path file = Files.createDirectories(directory).resolve(DATABASE);
    if (Files.exists(file)) {
      throw misuse(file + " is there already; its network is gone, so delete it to start anew");
    }
    return file;
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private PrintWriter out() {
    return console().out();
  }

  private Console console() {
    return Main.required(main).console();
  }
}

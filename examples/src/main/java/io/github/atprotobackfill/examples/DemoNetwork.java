package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.ExpectedRecord;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;

/** The network of the demo: hosts with every kind of trouble, and the truth about it all. */
final class DemoNetwork implements AutoCloseable {

  static final Set<Nsid> COLLECTIONS =
      Set.of(Nsid.parse("com.example.note"), Nsid.parse("app.bsky.feed.post"));

  private static final int HOSTS = 8;
  private static final int FAILING = 0;
  private static final int LIMITED = 2;
  private static final int SLOW = 4;
  private static final int DEAD = HOSTS - 1;

  private static final double FAILURES = 0.02;
  private static final int LIMIT = 400;
  private static final Duration LIMIT_PER = Duration.ofSeconds(2);
  private static final Duration LATENCY = Duration.ofMillis(30);

  /** How many in a hundred accounts are of each status; the others are active. */
  private static final int FEW = 2;

  private final SimulatedNetwork network;

  private DemoNetwork(SimulatedNetwork network) {
    this.network = network;
  }

  /** Starts a network of about {@code accounts} accounts, one of its hosts dead. */
  static DemoNetwork start(int accounts, long seed) {
    int few = Math.max(1, accounts * FEW / 100);
    SimulatedNetwork network =
        SimulatedNetwork.builder()
            .seed(seed)
            .hosts(HOSTS)
            .zipfSpread(0.5)
            .accounts(accounts - 6 * few)
            .accounts(AccountStatus.MIGRATED, few)
            .accounts(AccountStatus.DEACTIVATED, few)
            .accounts(AccountStatus.TAKENDOWN, few)
            .accounts(AccountStatus.DELETED, few)
            .accounts(AccountStatus.TOMBSTONED, few)
            .accounts(AccountStatus.EMPTIED, few)
            .repoSizes(RepoSizes.logNormal(12, 1.3))
            .start();
    network.host(FAILING).order(Fault.status(502).withProbability(FAILURES));
    network.host(LIMITED).order(Fault.rateLimit(LIMIT, LIMIT_PER));
    network.host(SLOW).order(Fault.latency(LATENCY));
    network.host(DEAD).stopListening();
    return new DemoNetwork(network);
  }

  /** Says what there is. */
  void describe(PrintWriter out) {
    out.printf(
        "A network in this process: %s with %s, a relay and a directory.%n",
        Quantity.of(HOSTS, "host"), Quantity.of(network.size(), "account"));
    say(out, FAILING, "answers 502 to one request in %.0f".formatted(1 / FAILURES));
    say(
        out,
        LIMITED,
        "answers 429 to more than %d requests in %d s".formatted(LIMIT, LIMIT_PER.toSeconds()));
    say(out, SLOW, "takes %d ms to answer".formatted(LATENCY.toMillis()));
    say(out, DEAD, "refuses connections");
  }

  private void say(PrintWriter out, int host, String trouble) {
    out.printf("  %s %s%n", network.host(host).name(), trouble);
  }

  SimulatedHost relay() {
    return network.relay();
  }

  SimulatedHost directory() {
    return network.directory();
  }

  SimulatedHost dead() {
    return network.host(DEAD);
  }

  Stream<SimulatedAccount> accounts() {
    return network.accounts();
  }

  /** The records that must be found of {@code account}, as things stand. */
  Stream<ExpectedRecord> records(SimulatedAccount account) {
    return stateOf(account) == RepoState.DONE
        ? network.expectedRecords(
            account.did(), COLLECTIONS.stream().map(Nsid::value).toArray(String[]::new))
        : Stream.empty();
  }

  /** How the repo of {@code account} must end, as things stand. */
  RepoState stateOf(SimulatedAccount account) {
    if (account.status() == AccountStatus.TOMBSTONED) {
      return RepoState.GONE; // The directory says so, whatever the host would.
    }
    if (!account.host().isListening()) {
      return RepoState.FAILED;
    }
    return switch (account.status().outcome()) {
      case READABLE -> RepoState.DONE;
      case UNAVAILABLE -> RepoState.UNAVAILABLE;
      case GONE -> RepoState.GONE;
      case UNRESOLVABLE -> RepoState.FAILED;
    };
  }

  @Override
  public void close() {
    network.close();
  }
}

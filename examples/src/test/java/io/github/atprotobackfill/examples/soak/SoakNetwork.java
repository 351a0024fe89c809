package io.github.atprotobackfill.examples.soak;

import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A network with every kind of account and trouble at its hosts, which changes between jobs, and
 * what must be in the store after each.
 */
final class SoakNetwork implements AutoCloseable {

  static final List<String> COLLECTIONS = List.of("com.example.note", "app.bsky.feed.post");

  private static final int HOSTS = 6;
  private static final int FAILING = 0;
  private static final int LIMITED = 1;
  private static final int RESETTING = 2;
  private static final int TRUNCATING = 3;
  private static final int MORTAL = HOSTS - 1;

  private static final double FAILURES = 0.03;
  private static final int LIMIT = 120;
  private static final Duration LIMIT_PER = Duration.ofSeconds(2);

  /** Of so many accounts one changes between two jobs. */
  private static final int ONE_CHANGES = 5;

  private final SimulatedNetwork network;
  private final Random random;
  private final Map<Did, Map<String, String>> held = new HashMap<>();
  private int changes;

  private SoakNetwork(SimulatedNetwork network, Random random) {
    this.network = network;
    this.random = random;
  }

  static SoakNetwork start(SoakPlan plan) {
    int few = Math.max(1, plan.accounts() / 50);
    SimulatedNetwork network =
        SimulatedNetwork.builder()
            .seed(plan.seed())
            .hosts(HOSTS)
            .zipfSpread(0.5)
            .accounts(plan.accounts() - 6 * few)
            .accounts(AccountStatus.MIGRATED, few)
            .accounts(AccountStatus.DEACTIVATED, few)
            .accounts(AccountStatus.TAKENDOWN, few)
            .accounts(AccountStatus.DELETED, few)
            .accounts(AccountStatus.TOMBSTONED, few)
            .accounts(AccountStatus.EMPTIED, few)
            .repoSizes(RepoSizes.zipf(1200, 0.9))
            .start();
    Fault latency = Fault.latency(plan.latency());
    network.hosts().forEach(host -> host.order(latency));
    network.host(FAILING).order(Fault.status(502).withProbability(FAILURES));
    network.host(LIMITED).order(Fault.rateLimit(LIMIT, LIMIT_PER));
    network.host(RESETTING).order(Fault.reset().withProbability(FAILURES));
    network.host(TRUNCATING).order(Fault.truncated().withProbability(FAILURES));
    return new SoakNetwork(network, new Random(plan.seed()));
  }

  String relay() {
    return network.relay().url().toString();
  }

  String directory() {
    return network.directory().url().toString();
  }

  /** Requests that reached the hosts so far, which tells how far a job is. */
  long requests() {
    return network.hosts().stream().mapToLong(SimulatedHost::requests).sum();
  }

  /** One host refuses connections from now on, or does so no more. */
  void mortalHostIs(boolean dead) {
    SimulatedHost host = network.host(MORTAL);
    if (dead && host.isListening()) {
      host.stopListening();
    } else if (!dead && !host.isListening()) {
      host.listenAgain();
    }
  }

  /** Records are created, replaced and deleted. */
  void change() {
    changes++;
    network
        .accounts(AccountStatus.ACTIVE)
        .filter(account -> random.nextInt(ONE_CHANGES) == 0)
        .forEach(this::change);
  }

  private void change(SimulatedAccount account) {
    List<AtUri> some =
        network.expectedRecords(account.did()).limit(2).map(record -> record.uri()).toList();
    if (some.size() == 2) {
      network.delete(some.get(0));
      network.put(some.get(1), note("replaced"));
    }
    network.put(
        AtUri.parse("at://%s/%s/soak-%d".formatted(account.did(), COLLECTIONS.get(0), changes)),
        note("new"));
  }

  private String note(String text) {
    return "{\"$type\":\"com.example.note\",\"text\":\"%s %d\"}".formatted(text, changes);
  }

  /** How the repo of each account must end now, if a relay lists it at all. */
  Map<Did, RepoState> expectedEnds() {
    Map<Did, RepoState> ends = new HashMap<>();
    network.accounts().forEach(account -> ends.put(account.did(), end(account)));
    return ends;
  }

  private static RepoState end(SimulatedAccount account) {
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

  /** CIDs by URI of all that must be held after a job that ran now; see it as held from then on. */
  Map<String, String> expectedRecords() {
    network
        .accounts()
        .filter(account -> end(account) == RepoState.DONE)
        .forEach(account -> held.put(account.did(), records(account.did())));
    Map<String, String> all = new HashMap<>();
    held.values().forEach(all::putAll);
    return all;
  }

  private Map<String, String> records(Did did) {
    Map<String, String> cids = new HashMap<>();
    network
        .expectedRecords(did, COLLECTIONS.toArray(String[]::new))
        .forEach(record -> cids.put(record.uri().toString(), record.cid().toString()));
    return cids;
  }

  @Override
  public void close() {
    network.close();
  }
}

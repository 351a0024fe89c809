package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** One job's queue, with nobody working on it but this: put in, claimed, settled. */
final class QueueLoad {

  /** How many repos are claimed at once. */
  static final int CLAIM = 64;

  private static final int PAGE = 1000;
  private static final Duration LEASE = Duration.ofMinutes(10);
  private static final Tid REV = Tid.parse("3n2sk6hl3fc22");
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

  private final WorkQueue queue;
  private final UUID job;
  private final int hosts;

  /** What one claim got, and how long it and the update that settled it took. */
  record Cost(int repos, long claimNanos, long settleNanos) {

    double claimMillis() {
      return claimNanos / 1e6;
    }

    double settleMillis() {
      return settleNanos / 1e6;
    }

    boolean full() {
      return repos == CLAIM;
    }
  }

  QueueLoad(WorkQueue queue, UUID job, int hosts) {
    this.queue = queue;
    this.job = job;
    this.hosts = hosts;
  }

  /** Seconds that it takes to put so many repos in, a page of a listing at a time. */
  double enqueue(int repos, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long begin = System.nanoTime();
    for (int first = 0; first < repos; first += PAGE) {
      List<QueuedRepo> page = new ArrayList<>();
      for (int i = first; i < Math.min(repos, first + PAGE); i++) {
        page.add(new QueuedRepo(did(random), host(i % hosts), REV));
      }
      queue.enqueue(job, page);
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static Did did(SplittableRandom random) {
    StringBuilder did = new StringBuilder("did:plc:");
    for (int i = 0; i < 24; i++) {
      did.append(BASE32.charAt(random.nextInt(BASE32.length())));
    }
    return Did.parse(did.toString());
  }

  private static ServiceUrl host(int number) {
    return ServiceUrl.parse("https://pds" + number + ".example.com");
  }

  /** Claims from the host whose turn it is, and settles what it got. */
  Cost claimAndSettle(int turn) {
    long begin = System.nanoTime();
    List<Lease> leases =
        queue.claim(job, "benchmark", List.of(new ClaimFor(host(turn % hosts), CLAIM)), LEASE);
    long claimed = System.nanoTime();
    if (!leases.isEmpty()) {
      queue.apply(
          job, leases.stream().<LeaseUpdate>map(l -> new LeaseUpdate.Done(l, REV)).toList());
    }
    return new Cost(leases.size(), claimed - begin, System.nanoTime() - claimed);
  }
}

package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A queue that notes how long each claim took that got anything. Thread-safe. */
final class TimedQueue implements WorkQueue {

  private static final int CLAIM = 64;

  /** With fewer there is no curve. */
  private static final int LEAST_CLAIMS = 10;

  private final WorkQueue queue;
  private final List<Claimed> claims = Collections.synchronizedList(new ArrayList<>());

  /** One claim. */
  private record Claimed(int repos, long nanos) {}

  TimedQueue(WorkQueue queue) {
    this.queue = queue;
  }

  /** The stores with this queue in place of theirs. */
  BackfillStores in(BackfillStores stores) {
    return new BackfillStores() {
      @Override
      public ProgressStore progress() {
        return stores.progress();
      }

      @Override
      public WorkQueue queue() {
        return TimedQueue.this;
      }

      @Override
      public RepoStates states() {
        return stores.states();
      }
    };
  }

  @Override
  public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
    long begin = System.nanoTime();
    List<Lease> leases = queue.claim(job, worker, wanted, lasts);
    if (!leases.isEmpty()) {
      claims.add(new Claimed(leases.size(), System.nanoTime() - begin));
    }
    return leases;
  }

  /** Tells how long claiming took in each fifth of the repos claimed. */
  void tell(Report report) {
    List<Claimed> all = List.copyOf(claims);
    long total = all.stream().mapToLong(Claimed::repos).sum();
    if (all.size() < LEAST_CLAIMS) {
      return;
    }
    report.row("of the repos claimed", "claims", "repos a claim", "ms a claim", "ms for 64 repos");
    int next = 0;
    long before = 0;
    for (int fifth = 1; fifth <= 5 && next < all.size(); fifth++) {
      List<Double> millis = new ArrayList<>();
      long repos = 0;
      while (next < all.size() && before + repos < total * fifth / 5) {
        repos += all.get(next).repos();
        millis.add(all.get(next++).nanos() / 1e6);
      }
      before += repos;
      if (millis.isEmpty()) {
        continue;
      }
      double sum = millis.stream().mapToDouble(Double::doubleValue).sum();
      report.row(
          (fifth - 1) * 20 + "-" + fifth * 20 + " %",
          millis.size(),
          (double) repos / millis.size(),
          Spread.of(millis).median(),
          sum / repos * CLAIM);
    }
    report.table();
  }

  @Override
  public int enqueue(UUID job, List<QueuedRepo> repos) {
    return queue.enqueue(job, repos);
  }

  @Override
  public Set<ServiceUrl> hosts(UUID job) {
    return queue.hosts(job);
  }

  @Override
  public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
    return queue.apply(job, updates);
  }

  @Override
  public QueueStats stats(UUID job) {
    return queue.stats(job);
  }

  @Override
  public Instant now(UUID job) {
    return queue.now(job);
  }

  @Override
  public void forget(UUID job) {
    queue.forget(job);
  }

  @Override
  public List<RepoEntry> repos(UUID job, Set<RepoState> states, @Nullable Did after, int most) {
    return queue.repos(job, states, after, most);
  }

  @Override
  public Optional<AtomicScope> atomicScope() {
    return queue.atomicScope();
  }
}

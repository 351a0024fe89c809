package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One {@link JobQueue} a job. */
final class InMemoryWorkQueue implements WorkQueue {

  private final InstantSource clock;
  private final Map<UUID, JobQueue> jobs = new ConcurrentHashMap<>();

  InMemoryWorkQueue(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public int enqueue(UUID job, List<QueuedRepo> repos) {
    return jobs.computeIfAbsent(job, this::empty).enqueue(repos);
  }

  @Override
  public Set<ServiceUrl> hosts(UUID job) {
    return of(job).hosts();
  }

  @Override
  public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
    return of(job).claim(wanted, lasts);
  }

  @Override
  public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
    return of(job).apply(updates);
  }

  @Override
  public QueueStats stats(UUID job) {
    return of(job).stats();
  }

  @Override
  public List<RepoEntry> repos(UUID job, Set<RepoState> states, @Nullable Did after, int most) {
    return of(job).repos(states, after, most);
  }

  @Override
  public Instant now(UUID job) {
    return clock.instant();
  }

  @Override
  public void forget(UUID job) {
    jobs.remove(job);
  }

  private JobQueue of(UUID job) {
    JobQueue queue = jobs.get(job);
    return queue == null ? empty(job) : queue;
  }

  private JobQueue empty(UUID job) {
    return new JobQueue(job, clock);
  }
}

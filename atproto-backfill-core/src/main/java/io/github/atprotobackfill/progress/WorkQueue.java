package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Leases over the repos of a job, one queue a host, so that a host that waits holds up no other.
 *
 * <p>Every call is durable when it returns, and atomic. Thread-safe, also between processes that
 * share the store. Lease times and due times are judged by the store's own clock. Failures are
 * {@link StoreException}s.
 */
public interface WorkQueue {

  /**
   * Adds repos that the job does not have yet; duplicates, in this call or against earlier ones,
   * are ignored: the first stands, whatever became of it.
   *
   * @return how many were new
   */
  int enqueue(UUID job, List<QueuedRepo> repos);

  /** The hosts under which repos of the job were ever queued, released or put off. */
  Set<ServiceUrl> hosts(UUID job);

  /**
   * Claims repos that are queued, due again, or whose lease ran out; each with a greater fence than
   * any claim of it before. No repo is given to two at once. Of a host's repos those come first
   * that could be claimed first: since they were enqueued, since their wait was over, since their
   * lease ran out. So one that fails again and again goes behind all that are ready, and none
   * starves.
   *
   * @param worker who claims, to be read by people
   * @param wanted how many of which hosts, each host once
   * @param lasts how long the leases hold unless renewed
   */
  List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts);

  /**
   * Applies updates, each only if the repo is still leased under the fence of its lease; the others
   * of the call stand all the same. Lost are also those of repos that ended, or that the job does
   * not have.
   *
   * @param updates at most one a repo
   * @return the DIDs whose leases were lost; nothing was changed for these
   */
  Set<Did> apply(UUID job, List<LeaseUpdate> updates);

  /** How many repos stand where; exact, and as slow as counting is. */
  QueueStats stats(UUID job);

  /**
   * Repos of the job in the given states, in the order of {@link Did#compareTo}.
   *
   * @param after only DIDs greater than this one; null from the beginning
   */
  List<RepoEntry> repos(UUID job, Set<RepoState> states, @Nullable Did after, int most);

  /** The time by the clock that judges the leases of a job. */
  Instant now(UUID job);

  /** Forgets all repos of a job, which has ended; nothing happens where there are none. */
  void forget(UUID job);

  /** The scope in which updates may be made one with other writes, where there is one. */
  default Optional<AtomicScope> atomicScope() {
    return Optional.empty();
  }
}

package io.github.atprotobackfill.progress;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many repos of a job stand where.
 *
 * @param repos repos by state; states that none is in may be absent
 * @param nextIn how long until the earliest repo that is not terminal may be claimed: zero or less
 *     when one may be claimed now, empty when all are terminal
 */
public record QueueStats(Map<RepoState, Long> repos, Optional<Duration> nextIn) {

  public QueueStats {
    EnumMap<RepoState, Long> copy = new EnumMap<>(RepoState.class);
    copy.putAll(repos);
    repos = copy;
  }

  /** The number in one state. */
  public long count(RepoState state) {
    return repos.getOrDefault(state, 0L);
  }

  /** All repos of the job. */
  public long total() {
    return repos.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Repos whose part in the job is not over. */
  public long open() {
    return count(RepoState.QUEUED) + count(RepoState.LEASED) + count(RepoState.RETRY);
  }
}

package io.github.atprotobackfill.progress;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Jobs, how far their sources have been listed, and what they counted.
 *
 * <p>Every call is durable when it returns, and atomic. Thread-safe, also between processes that
 * share the store. Failures are {@link StoreException}s.
 */
public interface ProgressStore {

  /**
   * The unfinished job with this spec, or else a new one in state {@code PENDING}. Of several
   * processes that open equal jobs at once, all get the same one.
   */
  Job open(JobSpec spec);

  /** The job with this id. */
  Optional<Job> find(UUID id);

  /** The newest jobs first, at most {@code most}. */
  List<Job> list(int most);

  /**
   * Moves a job from one state to another, if it is in the first and {@link JobState#mayBecome}
   * allows it; sets {@code startedAt} on the first {@code RUNNING} and {@code endedAt} on a
   * terminal state.
   *
   * @param reason why it stands there now; replaces the reason before, also when null
   * @return whether the job moved
   */
  boolean move(UUID id, JobState from, JobState to, @Nullable String reason);

  /** Stores how far a source has been listed, replacing what was stored of it. */
  void saveDiscovery(UUID id, DiscoveryState state);

  /** All sources of the job that were ever saved. */
  List<DiscoveryState> discovery(UUID id);

  /** Adds {@code change} to the job's counts. */
  void addCounts(UUID id, JobCounts change);

  /**
   * Forgets jobs that ended before {@code instant}, with their queues; never one that has not
   * ended.
   *
   * @return how many
   */
  int purge(Instant instant);
}

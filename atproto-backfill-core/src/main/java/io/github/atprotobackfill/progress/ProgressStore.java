package io.github.atprotobackfill.progress;

import java.time.Duration;
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

  /**
   * Puts back a job that the store has lost, as it was last seen: with its id, specification,
   * state, times and counts; nothing is known of its sources then. Does nothing where the store
   * knows the job.
   *
   * @return whether the store has the job now; false when it is unfinished and an equal one was
   *     opened since it was lost, which is the one to be worked on
   */
  boolean restore(Job job);

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

  /**
   * Takes the listing of the job's sources, which one worker has at a time, or goes on having it.
   * The store's own clock decides. A worker that no longer calls loses it when its time is over.
   *
   * @param lasts how long from now; zero gives it up, if it is this worker's
   * @return whether the worker has it now, until {@code lasts} from now; false also when there is
   *     no such job
   */
  boolean holdDiscovery(UUID id, String worker, Duration lasts);

  /** Adds {@code change} to the job's counts. */
  void addCounts(UUID id, JobCounts change);

  /**
   * Forgets jobs that ended longer ago than {@code age} by the store's own clock, with the queues
   * that are kept beside it; never one that has not ended.
   *
   * @return which
   */
  List<UUID> purge(Duration age);
}

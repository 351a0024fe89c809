package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.RepoState;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * How a run stands at one moment; when the run has ended, how it ended.
 *
 * @param job the job's id
 * @param state the job's state
 * @param reason why it is in that state, where there is something to say
 * @param discoveryDone whether every source has been listed to its end; never of a standing job
 * @param repos repos of the job, by where they stand
 * @param counts what was counted over all runs of the job
 * @param readings how repos were begun to be read in this run
 * @param hosts how many hosts are being read, and how many are waited for
 * @param elapsed since this run began
 */
public record BackfillProgress(
    UUID job,
    JobState state,
    Optional<String> reason,
    boolean discoveryDone,
    Repos repos,
    JobCounts counts,
    Readings readings,
    Hosts hosts,
    Duration elapsed) {

  /** Repos of a job by where they stand; {@code discovered} is the sum of the others and open. */
  public record Repos(long discovered, long done, long unavailable, long gone, long failed) {

    static Repos of(QueueStats stats) {
      return new Repos(
          stats.total(),
          stats.count(RepoState.DONE),
          stats.count(RepoState.UNAVAILABLE),
          stats.count(RepoState.GONE),
          stats.count(RepoState.FAILED));
    }

    /** Repos whose part in the job is not over. */
    public long open() {
      return discovered - done - unavailable - gone - failed;
    }
  }

  /**
   * How repos were begun to be read; {@link BackfillListener#fetchChosen} tells why.
   *
   * @param whole by {@code getRepo}
   * @param listed by {@code listRecords}
   */
  public record Readings(long whole, long listed) {}

  /**
   * Hosts of a run.
   *
   * @param busy hosts with an exchange under way
   * @param parked hosts that asked us to wait
   * @param down hosts that do not answer
   */
  public record Hosts(int busy, int parked, int down) {}
}

package io.github.atprotobackfill;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** A job being worked on by this process. Thread-safe. */
public interface BackfillRun {

  /** The job's id, by which any process can find it. */
  UUID id();

  /** How it stands now; cheap enough to call every second. */
  BackfillProgress progress();

  /** Stops taking up work; what is under way is finished to its next checkpoint. Resumable. */
  void pause();

  /** Goes on after {@link #pause}. */
  void resume();

  /** Ends the job for good as {@code CANCELLED}, within a page. */
  void cancel();

  /**
   * Leaves the job as it is, to be gone on with by another run: work under way is put down at its
   * next checkpoint and its leases are given back.
   */
  void stop();

  /**
   * Waits until this process no longer works on the job: because it ended, by {@link #stop}, or
   * because the run broke down. A pause is not the end.
   *
   * @return whether the end came within {@code most}
   */
  boolean await(Duration most) throws InterruptedException;

  /**
   * Completes when this process no longer works on the job, with how it stood then; exceptionally
   * when the stores stayed out of reach, in which case the job can be gone on with.
   */
  CompletionStage<BackfillProgress> completion();
}

package io.github.atprotobackfill.progress;

import java.util.Locale;

/** Where a job stands. All allowed moves are in {@link #mayBecome}; terminal is final. */
public enum JobState {
  /** Recorded, not begun. */
  PENDING,
  /** Being worked on, or to be gone on with by the next process that starts it. */
  RUNNING,
  /** Held back until resumed. */
  PAUSED,
  /** Cancelled, but units of work are still being put down. */
  CANCELLING,
  /** Every discovered repo is in a final good state. */
  COMPLETED,
  /** Ended, with repos or sources missing that are counted and listed. */
  INCOMPLETE,
  /** The job itself broke down. */
  FAILED,
  /** Ended by request. */
  CANCELLED;

  /** Whether a job may move from this state to {@code next}. */
  public boolean mayBecome(JobState next) {
    return switch (this) {
      case PENDING -> next == RUNNING || next == CANCELLING || next == CANCELLED || next == FAILED;
      case RUNNING ->
          next == PAUSED
              || next == CANCELLING
              || next == COMPLETED
              || next == INCOMPLETE
              || next == FAILED;
      case PAUSED -> next == RUNNING || next == CANCELLING || next == CANCELLED;
      case CANCELLING -> next == CANCELLED;
      case COMPLETED, INCOMPLETE, FAILED, CANCELLED -> false;
    };
  }

  /** Whether the job has ended for good. */
  public boolean terminal() {
    return switch (this) {
      case COMPLETED, INCOMPLETE, FAILED, CANCELLED -> true;
      case PENDING, RUNNING, PAUSED, CANCELLING -> false;
    };
  }

  /** The lower-case name used in stores and summaries. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state with this {@link #code()}. */
  public static JobState ofCode(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}

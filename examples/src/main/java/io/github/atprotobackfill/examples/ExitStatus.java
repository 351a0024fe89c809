package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.progress.JobState;

/** What a process that ended tells its caller. */
final class ExitStatus {

  /** Everything there is was fetched. */
  static final int COMPLETED = 0;

  /** The job or the command broke down. */
  static final int FAILED = 1;

  /** The command line cannot be used. */
  static final int USAGE = 2;

  /** The job ended with repos or sources missing, which are counted and listed. */
  static final int INCOMPLETE = 3;

  /** Stopped or paused on the way; the same command goes on. */
  static final int INTERRUPTED = 130;

  private ExitStatus() {}

  static int of(JobState state) {
    return switch (state) {
      case COMPLETED -> COMPLETED;
      case INCOMPLETE -> INCOMPLETE;
      case FAILED, CANCELLED -> FAILED;
      case PENDING, RUNNING, PAUSED, CANCELLING -> INTERRUPTED;
    };
  }
}

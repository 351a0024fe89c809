package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.progress.JobState;

/** What a process that ended tells its caller. */
final class ExitStatus {

  /** Everything there is was fetched. */
  static final int COMPLETED = 0;

  /** The job or the command broke down. */
  static final int FAILED = 1;

  /** The command line cannot be used. */
  static final int USAGE = 2;

  /**
   * The job ended with repos or sources missing, which are counted and listed; or the one repo that
   * was asked for is not what it should be.
   */
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

  /** What a command that {@code e} ended tells. */
  static int of(Exception e) {
    return e instanceof BackfillException ours && isOfRepo(ours) ? INCOMPLETE : FAILED;
  }

  /** Whether it is the repo that is wrong, not the way to it. */
  static boolean isOfRepo(BackfillException e) {
    return switch (e.kind()) {
      case INVALID_CAR, INCOMPLETE_REPO, BAD_SIGNATURE -> true;
      default -> false;
    };
  }
}

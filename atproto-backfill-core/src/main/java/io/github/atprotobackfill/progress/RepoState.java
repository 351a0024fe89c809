package io.github.atprotobackfill.progress;

import java.util.Locale;

/** Where a repo stands within a job. */
public enum RepoState {
  QUEUED,
  LEASED,
  /** Waiting for another try. */
  RETRY,
  DONE,
  /** The account is taken down, suspended or deactivated. */
  UNAVAILABLE,
  /** The account or repo is no longer there. */
  GONE,
  FAILED;

  /** Whether the repo's part in the job is over. */
  public boolean terminal() {
    return this == DONE || this == UNAVAILABLE || this == GONE || this == FAILED;
  }

  /** The lower-case name used in stores and summaries. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state with this {@link #code()}. */
  public static RepoState ofCode(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}

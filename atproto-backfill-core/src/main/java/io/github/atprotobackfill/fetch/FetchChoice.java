package io.github.atprotobackfill.fetch;

import java.time.Duration;

/**
 * How a repo is read, and why.
 *
 * @param way how
 * @param why one line for people
 * @param requests requests that this is expected to take at the repo's host
 * @param expected the time that this is expected to take, of what is scarcest: the host's pace, the
 *     way there and back, or bytes; zero where it was not reckoned
 */
public record FetchChoice(Way way, String why, int requests, Duration expected) {

  /** The ways of reading a repo. */
  public enum Way {
    /** Page by page, by {@code com.atproto.repo.listRecords}. */
    LIST_RECORDS,
    /** Whole, by {@code com.atproto.sync.getRepo}. */
    EXPORT
  }
}

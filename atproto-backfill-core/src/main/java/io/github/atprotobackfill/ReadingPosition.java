package io.github.atprotobackfill;

import org.jspecify.annotations.Nullable;

/**
 * Where reading a repo goes on, and what its sink refused so far: stored together, so that a repo
 * that is gone on with after a crash does not end as done with records missing.
 *
 * @param fetcher the fetcher's own position; null at the beginning
 * @param refused how many records the sink refused
 * @param firstRefusal why it refused the first; one line
 */
record ReadingPosition(@Nullable String fetcher, long refused, String firstRefusal) {

  private static final String MARK = "refused ";

  /** Reads what {@link #encode} wrote. */
  static ReadingPosition decode(@Nullable String stored) {
    if (stored == null || !stored.startsWith(MARK)) {
      return new ReadingPosition(stored, 0, "");
    }
    String[] lines = stored.split("\n", 3);
    long refused = Long.parseLong(lines[0].substring(MARK.length()));
    return new ReadingPosition(lines[2].isEmpty() ? null : lines[2], refused, lines[1]);
  }

  /** The text to be stored when reading has reached {@code position}. */
  String encode(String position) {
    return refused == 0 ? position : MARK + refused + "\n" + firstRefusal + "\n" + position;
  }

  /** The same position with further refusals. */
  ReadingPosition refusing(long more, String why) {
    return new ReadingPosition(fetcher, refused + more, refused == 0 ? why : firstRefusal);
  }
}

package io.github.atprotobackfill.sink;

import java.util.List;

/**
 * What a write changed, in records.
 *
 * @param written put and stored, because they were new or different
 * @param unchanged put, but already held as they are, or held in a newer rev
 * @param deleted removed
 */
public record WriteCounts(long written, long unchanged, long deleted) {

  /** Nothing. */
  public static final WriteCounts NONE = new WriteCounts(0, 0, 0);

  /** The counts of a sink that does not look at what it holds. */
  public static WriteCounts allWritten(List<RecordEvent> events) {
    long deletes = events.stream().filter(RecordDelete.class::isInstance).count();
    return new WriteCounts(events.size() - deletes, 0, deletes);
  }

  /** The sum of these and {@code other}. */
  public WriteCounts plus(WriteCounts other) {
    return new WriteCounts(
        written + other.written, unchanged + other.unchanged, deleted + other.deleted);
  }
}

package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.failure.ErrorKind;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a job counted; also a change to add to such counts.
 *
 * @param requests exchanges with hosts and directories
 * @param bytes bytes received, as on the wire
 * @param seen records that arrived
 * @param written records stored because they were new or different
 * @param unchanged records that were held already
 * @param deleted records removed
 * @param rejected records and list entries that are not what the protocol says
 * @param errors failures by kind, each try counted
 */
public record JobCounts(
    long requests,
    long bytes,
    long seen,
    long written,
    long unchanged,
    long deleted,
    long rejected,
    Map<ErrorKind, Long> errors) {

  /** Nothing counted. */
  public static final JobCounts NONE = new JobCounts(0, 0, 0, 0, 0, 0, 0, Map.of());

  public JobCounts {
    errors = Map.copyOf(errors);
  }

  /** These counts with the opposite sign: added, they undo an addition. */
  public JobCounts negated() {
    Map<ErrorKind, Long> opposite = new EnumMap<>(ErrorKind.class);
    errors.forEach((kind, count) -> opposite.put(kind, -count));
    return new JobCounts(
        -requests, -bytes, -seen, -written, -unchanged, -deleted, -rejected, opposite);
  }

  /** The sum of these and {@code other}. */
  public JobCounts plus(JobCounts other) {
    Map<ErrorKind, Long> sum = new EnumMap<>(ErrorKind.class);
    sum.putAll(errors);
    other.errors.forEach((kind, count) -> sum.merge(kind, count, Long::sum));
    return new JobCounts(
        requests + other.requests,
        bytes + other.bytes,
        seen + other.seen,
        written + other.written,
        unchanged + other.unchanged,
        deleted + other.deleted,
        rejected + other.rejected,
        sum);
  }
}

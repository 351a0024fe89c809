package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a page of {@code listRecords} holds.
 *
 * @param entries what has a valid key, in ascending order of the keys
 * @param rejected the entries that are no valid records, each named
 * @param greatestKey the greatest record key on it; null for a page without keys
 * @param cursor where the next page begins; null at the end
 */
record RecordPage(
    List<Entry> entries,
    List<Failure> rejected,
    @Nullable String greatestKey,
    @Nullable String cursor) {

  /**
   * A key that the repo has.
   *
   * @param cid what its record is said to hash to; null when that is missing or malformed
   * @param put its record; null when that is not what the protocol says
   */
  record Entry(RecordKey rkey, @Nullable Cid cid, @Nullable RecordPut put) {}

  /** A page that nobody sent, of a collection that the repo does not have. */
  static RecordPage none() {
    return new RecordPage(List.of(), List.of(), null, null);
  }

  /** The valid records. */
  List<RecordPut> records() {
    return entries.stream().map(Entry::put).filter(Objects::nonNull).toList();
  }
}

package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.syntax.Did;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * From the first to the last of some records of one repo, in the order of their keys.
 *
 * @param first the first of them
 * @param last the last, which may be the same
 */
record KeyRange(RecordEvent first, RecordEvent last) {

  /** By bytes, as the table has them: collections and record keys are ASCII. */
  private static final Comparator<RecordEvent> BY_KEY =
      Comparator.comparing((RecordEvent event) -> event.collection().value())
          .thenComparing(event -> event.rkey().value());

  /** One range for each repo. */
  static Collection<KeyRange> of(List<? extends RecordEvent> events) {
    Map<Did, KeyRange> ranges = new LinkedHashMap<>();
    for (RecordEvent event : events) {
      ranges.merge(event.did(), new KeyRange(event, event), KeyRange::with);
    }
    return ranges.values();
  }

  private KeyRange with(KeyRange more) {
    return new KeyRange(
        BY_KEY.compare(more.first, first) < 0 ? more.first : first,
        BY_KEY.compare(more.last, last) > 0 ? more.last : last);
  }
}

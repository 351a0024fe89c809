package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.AtUri;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch made fit for statements: one event a record, the later one unless its rev is older, in
 * parts of bounded size.
 *
 * @param puts the records to put, in parts
 * @param deletes the records to delete, in parts
 * @param superseded puts that another event of the batch made needless
 * @param altered puts whose text had to be changed
 */
record RecordBatch(
    List<List<RecordRow>> puts,
    List<List<RecordDelete>> deletes,
    int superseded,
    List<AtUri> altered) {

  static final int MAX_ROWS = 1000;

  /** In UTF-16 units; PostgreSQL takes at most 1 GB a parameter, and the driver copies it. */
  static final int MAX_TEXT = 4 << 20;

  /**
   * @param strict whether the text must be such as jsonb takes
   */
  static RecordBatch of(List<RecordEvent> events, boolean strict) {
    Map<AtUri, RecordEvent> last = new LinkedHashMap<>();
    int puts = 0;
    for (RecordEvent event : events) {
      puts += event instanceof RecordPut ? 1 : 0;
      last.merge(event.uri(), event, RecordBatch::later);
    }
    List<RecordRow> rows = new ArrayList<>();
    List<RecordDelete> deletes = new ArrayList<>();
    List<AtUri> altered = new ArrayList<>();
    for (RecordEvent event : last.values()) {
      if (event instanceof RecordPut put) {
        RecordRow row = RecordRow.of(put, strict);
        rows.add(row);
        if (row.altered()) {
          altered.add(put.uri());
        }
      } else if (event instanceof RecordDelete delete) {
        deletes.add(delete);
      }
    }
    return new RecordBatch(inParts(rows), parts(deletes), puts - rows.size(), altered);
  }

  private static RecordEvent later(RecordEvent first, RecordEvent second) {
    return second.rev().compareTo(first.rev()) < 0 ? first : second;
  }

  /** The records to put. */
  int putCount() {
    return puts.stream().mapToInt(List::size).sum();
  }

  private static List<List<RecordRow>> inParts(List<RecordRow> rows) {
    List<List<RecordRow>> parts = new ArrayList<>();
    int from = 0;
    int text = 0;
    for (int i = 0; i < rows.size(); i++) {
      int more = rows.get(i).json().length();
      if (i > from && (i - from == MAX_ROWS || text + more > MAX_TEXT)) {
        parts.add(rows.subList(from, i));
        from = i;
        text = 0;
      }
      text += more;
    }
    if (from < rows.size()) {
      parts.add(rows.subList(from, rows.size()));
    }
    return parts;
  }

  private static List<List<RecordDelete>> parts(List<RecordDelete> deletes) {
    List<List<RecordDelete>> parts = new ArrayList<>();
    for (int from = 0; from < deletes.size(); from += MAX_ROWS) {
      parts.add(deletes.subList(from, Math.min(from + MAX_ROWS, deletes.size())));
    }
    return parts;
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.sink.SinkDoctor;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something of one repo to be made durable: records, and then what is to be noted of the repo.
 *
 * @param worker the repo's worker
 * @param events the records
 * @param bytes what they hold, in any form
 * @param unchanged records that were read and need not be written
 * @param note what else the sink is told once the records are written; null for nothing
 * @param update what is noted of the repo after that; asked for only then
 * @param last whether the worker's part is over with this
 */
record WriteItem(
    RepoWorker worker,
    List<RecordEvent> events,
    long bytes,
    long unchanged,
    SinkDoctor.@Nullable Note note,
    Supplier<LeaseUpdate> update,
    boolean last) {

  WriteItem(
      RepoWorker worker,
      List<RecordEvent> events,
      long unchanged,
      SinkDoctor.@Nullable Note note,
      Supplier<LeaseUpdate> update,
      boolean last) {
    this(worker, events, bytes(events), unchanged, note, update, last);
  }

  private static long bytes(List<RecordEvent> events) {
    long sum = 0;
    for (RecordEvent event : events) {
      sum += event instanceof RecordPut put ? bytes(put.value()) : 0;
    }
    return sum;
  }

  private static long bytes(RecordValue value) {
    return (long) value.json().length + value.cbor().map(block -> block.length).orElse(0);
  }

  /** Records that were read. */
  long seen() {
    return events.size() + unchanged;
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.SinkDoctor;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something of one repo to be made durable: records, and then what is to be noted of the repo.
 *
 * @param worker the repo's worker
 * @param events the records
 * @param unchanged records that were read and need not be written
 * @param note what else the sink is told once the records are written; null for nothing
 * @param update what is noted of the repo after that; asked for only then
 * @param last whether the worker's part is over with this
 */
record WriteItem(
    RepoWorker worker,
    List<RecordEvent> events,
    long unchanged,
    SinkDoctor.@Nullable Note note,
    Supplier<LeaseUpdate> update,
    boolean last) {

  /** Records that were read. */
  long seen() {
    return events.size() + unchanged;
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.sink.RecordEvent;
import java.util.List;
import java.util.function.Supplier;

/**
 * Something of one repo to be made durable: records, and then what is to be noted of the repo.
 *
 * @param worker the repo's worker
 * @param events the records
 * @param update what is noted once they are written; asked for only then
 * @param last whether the worker's part is over with this
 */
record WriteItem(
    RepoWorker worker, List<RecordEvent> events, Supplier<LeaseUpdate> update, boolean last) {}

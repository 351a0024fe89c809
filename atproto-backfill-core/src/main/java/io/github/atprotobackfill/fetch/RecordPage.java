package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.RecordEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a page of {@code listRecords} holds.
 *
 * @param events its records, in ascending order of their keys
 * @param rejected the entries that are no valid records, each named
 * @param greatestKey the greatest record key on it, rejected entries included where they have one;
 *     null for a page without keys
 * @param cursor where the next page begins; null at the end
 */
record RecordPage(
    List<RecordEvent> events,
    List<Failure> rejected,
    @Nullable String greatestKey,
    @Nullable String cursor) {}

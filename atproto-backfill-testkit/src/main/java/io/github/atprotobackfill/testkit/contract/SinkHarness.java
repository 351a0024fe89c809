package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A place to write records to: empty when made, for one test. */
public interface SinkHarness extends AutoCloseable {

  /**
   * Opens a sink on the storage; the kit closes it. Opened again, it goes on with what is there.
   */
  RecordSink open() throws Exception;

  /** What the storage holds, read from it directly and not through the sink. */
  Map<AtUri, StoredRecord> stored() throws Exception;

  /**
   * The records that whoever reads the storage is to be shown, which are not those of accounts that
   * are not active; empty where the sink takes no notice of accounts.
   */
  default Optional<Set<AtUri>> shown() throws Exception {
    return Optional.empty();
  }

  /** Whether {@code writeCounted} tells what a write changed, and not only what it was given. */
  default boolean countsWhatChanged() {
    return true;
  }

  /**
   * What the sink makes of a record's JSON where its storage cannot hold it as it is, for example
   * U+0000 or half a surrogate pair in a text; by default every record is kept as it came.
   */
  default String keeps(String json) {
    return json;
  }

  /** Clears away the storage; all sinks were closed before. */
  @Override
  void close() throws Exception;
}

package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** A map as the storage of sinks that are made anew at every opening. */
record MapSinkHarness(
    Map<AtUri, RecordPut> records, Function<Map<AtUri, RecordPut>, RecordSink> sinks)
    implements SinkHarness {

  MapSinkHarness(Function<Map<AtUri, RecordPut>, RecordSink> sinks) {
    this(new HashMap<>(), sinks);
  }

  @Override
  public RecordSink open() {
    return sinks.apply(records);
  }

  @Override
  public Map<AtUri, StoredRecord> stored() {
    Map<AtUri, StoredRecord> stored = new HashMap<>();
    records.forEach(
        (uri, put) ->
            stored.put(uri, new StoredRecord(put.cid(), put.rev(), put.value().jsonText())));
    return stored;
  }

  @Override
  public void close() {}
}

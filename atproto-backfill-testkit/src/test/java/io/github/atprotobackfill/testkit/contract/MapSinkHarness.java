package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Maps as the storage of sinks that are made anew at every opening. */
record MapSinkHarness(MapStorage storage, Function<MapStorage, RecordSink> sinks)
    implements SinkHarness {

  MapSinkHarness(Function<MapStorage, RecordSink> sinks) {
    this(new MapStorage(), sinks);
  }

  @Override
  public RecordSink open() {
    return sinks.apply(storage);
  }

  @Override
  public Map<AtUri, StoredRecord> stored() {
    Map<AtUri, StoredRecord> stored = new HashMap<>();
    storage
        .records()
        .forEach(
            (uri, put) ->
                stored.put(uri, new StoredRecord(put.cid(), put.rev(), put.value().jsonText())));
    return stored;
  }

  @Override
  public Optional<Set<AtUri>> shown() {
    Set<AtUri> shown = new HashSet<>();
    storage
        .records()
        .forEach(
            (uri, put) -> {
              AccountEvent account = storage.accounts().get(put.did());
              if (account == null || account.active()) {
                shown.add(uri);
              }
            });
    return Optional.of(shown);
  }

  @Override
  public void close() {}
}

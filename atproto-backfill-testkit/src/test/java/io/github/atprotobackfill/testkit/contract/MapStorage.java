package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import java.util.HashMap;
import java.util.Map;

/** What a {@link MapSink} leaves to the next. */
record MapStorage(Map<AtUri, RecordPut> records, Map<Did, AccountEvent> accounts) {

  MapStorage() {
    this(new HashMap<>(), new HashMap<>());
  }
}

package io.github.atprotobackfill.wholejob;

import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Holds what it was given, and counts how often it was given anything. */
final class MemorySink implements RecordSink {

  final Map<AtUri, Cid> records = new ConcurrentHashMap<>();
  final AtomicLong events = new AtomicLong();

  @Override
  public void write(List<RecordEvent> batch) {
    for (RecordEvent event : batch) {
      events.incrementAndGet();
      if (event instanceof RecordPut put) {
        records.put(put.uri(), put.cid());
      } else if (event instanceof RecordDelete) {
        records.remove(event.uri());
      }
    }
  }
}

package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.AtUri;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

/** The plainest sink that keeps every promise; what is wrong is made from it by overriding. */
class MapSink implements RecordSink, AtomicScope {

  final Map<AtUri, RecordPut> records;
  private final ReentrantLock lock = new ReentrantLock();

  MapSink(Map<AtUri, RecordPut> records) {
    this.records = records;
  }

  @Override
  public void write(List<RecordEvent> events) {
    writeCounted(events);
  }

  @Override
  public WriteCounts writeCounted(List<RecordEvent> events) {
    lock.lock();
    try {
      WriteCounts counts = WriteCounts.NONE;
      for (RecordEvent event : events) {
        counts = counts.plus(apply(event));
      }
      return counts;
    } finally {
      lock.unlock();
    }
  }

  WriteCounts apply(RecordEvent event) {
    RecordPut held = records.get(event.uri());
    boolean older = held != null && event.rev().compareTo(held.rev()) < 0;
    if (event instanceof RecordDelete) {
      boolean deletes = held != null && !older && records.remove(event.uri()) != null;
      return new WriteCounts(0, 0, deletes ? 1 : 0);
    }
    RecordPut put = (RecordPut) event;
    if (older || (held != null && held.cid().equals(put.cid()))) {
      return new WriteCounts(0, 1, 0);
    }
    records.put(put.uri(), put);
    return new WriteCounts(1, 0, 0);
  }

  @Override
  public Optional<AtomicScope> atomicScope() {
    return Optional.of(this);
  }

  @Override
  public boolean joins(AtomicScope other) {
    return other == this;
  }

  @Override
  public <T> T run(Callable<T> work) throws Exception {
    lock.lock();
    Map<AtUri, RecordPut> before = new HashMap<>(records);
    try {
      return work.call();
    } catch (Exception e) {
      records.clear();
      records.putAll(before);
      throw e;
    } finally {
      lock.unlock();
    }
  }
}

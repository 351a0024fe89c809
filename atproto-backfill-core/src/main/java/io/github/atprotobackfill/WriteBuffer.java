package io.github.atprotobackfill;

import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What waits to be written by one writer. Bounded by {@value #MOST_BYTES} bytes of records: who
 * brings more waits, which is how a slow sink slows fetching. Thread-safe.
 */
final class WriteBuffer {

  static final long MOST_BYTES = 16L << 20;
  static final int BATCH_EVENTS = 1000;
  static final int BATCH_ITEMS = 1000;

  /**
   * How long a small batch waits for more, while more may come: a transaction of many rows costs a
   * database little more than one of few.
   */
  static final Duration LINGER = Duration.ofMillis(25);

  private final BooleanSupplier moreMayCome;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Condition written = lock.newCondition();
  private final ArrayDeque<WriteItem> items = new ArrayDeque<>();
  private long bytes;
  private int events;
  private boolean closed;

  /**
   * @param moreMayCome whether anybody still reads what is to be written
   */
  WriteBuffer(BooleanSupplier moreMayCome) {
    this.moreMayCome = moreMayCome;
  }

  /** Adds records to be written, waiting while too much waits already. */
  void submit(WriteItem item) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (bytes > MOST_BYTES && !closed) {
        written.await();
      }
      add(item);
    } finally {
      lock.unlock();
    }
  }

  /** Adds something that holds no records. */
  void submitLast(WriteItem item) {
    lock.lock();
    try {
      add(item);
    } finally {
      lock.unlock();
    }
  }

  private void add(WriteItem item) {
    items.add(item);
    events += item.events().size();
    bytes += bytes(item);
    arrived.signal();
  }

  /** The next batch, waiting for one; empty when closed and nothing is left. */
  List<WriteItem> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (items.isEmpty() && !closed) {
        arrived.await();
      }
      linger();
      List<WriteItem> batch = new ArrayList<>();
      int taken = 0;
      while (!items.isEmpty() && batch.size() < BATCH_ITEMS && taken < BATCH_EVENTS) {
        WriteItem item = items.remove();
        taken += item.events().size();
        batch.add(item);
      }
      events -= taken;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void linger() throws InterruptedException {
    long left = LINGER.toNanos();
    while (left > 0 && isSmall() && !closed && moreMayCome.getAsBoolean()) {
      left = arrived.awaitNanos(left);
    }
  }

  private boolean isSmall() {
    return events < BATCH_EVENTS && items.size() < BATCH_ITEMS;
  }

  /** An item that {@link #take} gave is dealt with. */
  void written(WriteItem item) {
    lock.lock();
    try {
      bytes -= bytes(item);
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets {@link #take} end once everything that arrived is taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static long bytes(WriteItem item) {
    long sum = 0;
    for (RecordEvent event : item.events()) {
      sum += event instanceof RecordPut put ? bytes(put.value()) : 0;
    }
    return sum;
  }

  private static long bytes(RecordValue value) {
    return (long) value.json().length + value.cbor().map(block -> block.length).orElse(0);
  }
}

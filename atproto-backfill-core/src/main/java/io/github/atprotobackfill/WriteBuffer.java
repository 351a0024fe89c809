package io.github.atprotobackfill;

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

  /** A batch of fewer events, and fewer items, is small. */
  static final int BATCH_EVENTS = 1000;

  static final int BATCH_ITEMS = 1000;

  /**
   * So many events, and the rest of an item, are taken at once where still more wait: every batch
   * costs a transaction. What would be the next batch is left, so that those who brought it can
   * tell how far the writer is, and read on.
   */
  static final int MOST_EVENTS = 5000;

  /** No more are taken than make up a batch once they have so many bytes. */
  static final long LARGE_BYTES = MOST_BYTES / 2;

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
    bytes += item.bytes();
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
      long size = 0;
      while (!items.isEmpty() && batch.size() < BATCH_ITEMS && takesMore(taken, size)) {
        WriteItem item = items.remove();
        taken += item.events().size();
        size += item.bytes();
        batch.add(item);
      }
      events -= taken;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private boolean takesMore(int taken, long size) {
    boolean muchIsLeft = events - taken > BATCH_EVENTS;
    return taken < BATCH_EVENTS || (muchIsLeft && taken < MOST_EVENTS && size < LARGE_BYTES);
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
      bytes -= item.bytes();
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
}

package io.github.atprotobackfill;

import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * How many repos the queue holds, reckoned by the one process that fills it. What {@link #put} says
 * is stored with a source's cursor: a queue that holds fewer than that has lost some of what lies
 * before the cursor. Thread-safe.
 */
final class QueueLevel {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeSet<Long> underWay = new TreeSet<>();
  private long begun;
  private long level;

  /**
   * @param level what the queue holds now
   */
  QueueLevel(long level) {
    this.level = level;
  }

  /** What one page added, and how many repos the queue held with it. */
  record Put(int added, long level) {}

  /**
   * Puts a page into the queue. The level counts all that may have come before it, too: so it waits
   * for those that were begun before this one was in.
   *
   * @param page puts it there, and says how many of its repos were new
   */
  Put put(IntSupplier page) throws InterruptedException {
    long number = begin();
    int added;
    try {
      added = page.getAsInt();
    } catch (RuntimeException e) {
      end(number, 0);
      throw e;
    }
    long before = end(number, added);
    return new Put(added, levelOnceOver(before));
  }

  long level() {
    lock.lock();
    try {
      return level;
    } finally {
      lock.unlock();
    }
  }

  private long begin() {
    lock.lock();
    try {
      underWay.add(begun);
      return begun++;
    } finally {
      lock.unlock();
    }
  }

  /** All puts with smaller numbers than the one returned were begun before this one was over. */
  private long end(long number, int added) {
    lock.lock();
    try {
      underWay.remove(number);
      level += added;
      changed.signalAll();
      return begun;
    } finally {
      lock.unlock();
    }
  }

  private long levelOnceOver(long before) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!underWay.isEmpty() && underWay.first() < before) {
        changed.await();
      }
      return level;
    } finally {
      lock.unlock();
    }
  }
}

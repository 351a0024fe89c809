package io.github.atprotobackfill;

import java.util.concurrent.locks.ReentrantLock;

/**
 * How far the writer of one repo is behind its reading: pages are fetched while others are written,
 * but no more than make up a batch. Thread-safe.
 */
final class WriterLag {

  /** So many pages may wait, that they fill a batch between them. */
  static final int MOST_UNWRITTEN = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private int unwritten;
  private boolean waiting;
  private boolean forAll;

  /** A page goes to the writer. */
  void begun() {
    lock.lock();
    try {
      unwritten++;
    } finally {
      lock.unlock();
    }
  }

  /** Whether reading is to wait now; if so, {@link #written} says when it is to go on. */
  boolean waits() {
    lock.lock();
    try {
      waiting = unwritten >= MOST_UNWRITTEN;
      forAll = false;
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /** The same until nothing is unwritten, so that the sink holds all that was read. */
  boolean waitsForAll() {
    lock.lock();
    try {
      waiting = unwritten > 0;
      forAll = true;
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /** A page has been dealt with; true when a reading that waits is to go on. */
  boolean written() {
    lock.lock();
    try {
      unwritten--;
      boolean goesOn = waiting && (!forAll || unwritten == 0);
      waiting &= !goesOn;
      return goesOn;
    } finally {
      lock.unlock();
    }
  }
}

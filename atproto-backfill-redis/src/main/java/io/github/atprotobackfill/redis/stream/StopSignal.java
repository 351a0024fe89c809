package io.github.atprotobackfill.redis.stream;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The wish that threads come to their end: between two steps, and at once where they only wait or
 * ask. Thread-safe.
 */
final class StopSignal {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wished = lock.newCondition();
  private final Set<Thread> asking = new HashSet<>();
  private boolean requested;

  /** Something that may be given up at any moment. */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws InterruptedException;
  }

  void request() {
    lock.lock();
    try {
      requested = true;
      wished.signalAll();
      asking.forEach(Thread::interrupt);
    } finally {
      lock.unlock();
    }
  }

  boolean requested() {
    lock.lock();
    try {
      return requested;
    } finally {
      lock.unlock();
    }
  }

  /** Waits this long, or until the wish comes. */
  void pause(Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = time.toNanos();
      while (!requested && left > 0) {
        left = wished.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks, and gives up as interrupted when the wish comes meanwhile. */
  <T> T interruptibly(Question<T> question) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (requested) {
        throw new InterruptedException("asked to stop");
      }
      asking.add(Thread.currentThread());
    } finally {
      lock.unlock();
    }
    try {
      return question.ask();
    } finally {
      asked();
    }
  }

  private void asked() {
    lock.lock();
    try {
      asking.remove(Thread.currentThread());
      if (requested) {
        // It is meant for the question alone; what is to be stored afterwards is stored whole.
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }
}

package io.github.atprotobackfill.redis.stream;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import redis.clients.jedis.UnifiedJedis;

/**
 * Whether a stream is so long that whoever fills it should wait for those who empty it. Its length
 * is looked at only now and then. Thread-safe.
 */
final class HighWater {

  /** Entries, as in Bluesky's own services. */
  static final long DEFAULT_MARK = 100_000;

  /** The time between two looks, as in Bluesky's own services. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final UnifiedJedis redis;
  private final String stream;
  private final long mark;
  private final Duration lookEvery;
  private final LongSupplier ticker;
  private long lookAt;
  private boolean full;

  /**
   * @param mark the stream is full with so many entries
   * @param ticker nanoseconds, from any origin
   */
  HighWater(UnifiedJedis redis, String stream, long mark, Duration lookEvery, LongSupplier ticker) {
    this.redis = redis;
    this.stream = stream;
    this.mark = mark;
    this.lookEvery = lookEvery;
    this.ticker = ticker;
    this.lookAt = ticker.getAsLong();
  }

  /** Whether it is full, or was at the last look. */
  boolean full() {
    lock.lock();
    try {
      if (lookAt - ticker.getAsLong() <= 0) {
        full = redis.xlen(stream) >= mark;
        lookAt = ticker.getAsLong() + lookEvery.toNanos();
      }
      return full;
    } finally {
      lock.unlock();
    }
  }

  /** The time between two looks. */
  Duration lookEvery() {
    return lookEvery;
  }
}

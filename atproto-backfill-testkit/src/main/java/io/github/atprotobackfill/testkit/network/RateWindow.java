package io.github.atprotobackfill.testkit.network;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts requests in fixed windows, each of which begins with its first request, and says so in
 * headers, as the reference host does. Thread-safe.
 */
final class RateWindow {

  private final int limit;
  private final long windowMillis;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private long endsAt = Long.MIN_VALUE;
  private int used;

  RateWindow(int limit, Duration window, InstantSource clock) {
    this.limit = limit;
    this.windowMillis = window.toMillis();
    this.clock = clock;
  }

  /**
   * What became of a request.
   *
   * @param exceeded whether it was over the limit
   * @param headers what the answer tells of the window
   */
  record Verdict(boolean exceeded, Map<String, String> headers) {}

  Verdict take() {
    lock.lock();
    try {
      long now = clock.millis();
      if (now >= endsAt) {
        endsAt = now + windowMillis;
        used = 0;
      }
      used++;
      return new Verdict(used > limit, headers(now));
    } finally {
      lock.unlock();
    }
  }

  private Map<String, String> headers(long now) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("RateLimit-Limit", Integer.toString(limit));
    headers.put("RateLimit-Reset", Long.toString(Math.floorDiv(endsAt, 1000)));
    headers.put("RateLimit-Remaining", Integer.toString(Math.max(0, limit - used)));
    headers.put("RateLimit-Policy", limit + ";w=" + seconds(windowMillis));
    if (used > limit) {
      headers.put("Retry-After", Long.toString(seconds(endsAt - now)));
    }
    return headers;
  }

  /** Rounded up, so that who waits so long waits long enough. */
  private static long seconds(long millis) {
    return Math.floorDiv(millis + 999, 1000);
  }
}

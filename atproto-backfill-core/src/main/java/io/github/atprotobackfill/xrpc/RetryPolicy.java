package io.github.atprotobackfill.xrpc;

import java.time.Duration;

/**
 * When a failed exchange is tried again at once rather than handed back to the caller: exponential
 * waits with full jitter.
 *
 * <p>Only failures that are likely to pass within a moment are: no connection or one that was cut,
 * no first byte in time, and 5xx. Never 429, never 501. Every try is a whole exchange with limits
 * of its own, and is spent from the host's budget. (Beneath this, Java's client itself sends a GET
 * once more when a connection ends, without a reset, before any byte of the answer.)
 *
 * @param attempts tries in all, at least 1
 * @param firstWait the upper bound of the first wait
 * @param longestWait the upper bound of any wait
 */
public record RetryPolicy(int attempts, Duration firstWait, Duration longestWait) {

  /** Three tries, waiting up to 250 ms and 500 ms. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(3, Duration.ofMillis(250), Duration.ofSeconds(2));

  /** One try. */
  public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, Duration.ZERO);

  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be at least 1: " + attempts);
    }
    if (firstWait.isNegative() || longestWait.isNegative()) {
      throw new IllegalArgumentException("negative wait: " + firstWait + ", " + longestWait);
    }
  }

  /**
   * How long to wait before the next try.
   *
   * @param failures how many tries have failed, at least 1
   * @param share how much of the bound to take, from 0 to 1: chosen at random, so that callers who
   *     failed together do not come back together
   */
  Duration waitAfter(int failures, double share) {
    double bound = firstWait.toNanos() * Math.pow(2, failures - 1);
    return Duration.ofNanos((long) (Math.min(bound, (double) longestWait.toNanos()) * share));
  }
}

package io.github.atprotobackfill.xrpc;

import java.time.Duration;

/**
 * When a failed exchange is tried again at once rather than handed back to the caller: exponential
 * waits with full jitter.
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
  }
}

package io.github.atprotobackfill.xrpc;

import java.time.Duration;

/**
 * How long one exchange may take.
 *
 * @param deadline from sending to the last byte
 * @param firstByte from sending to the headers; a connection is made within it, too
 * @param minBytesPerSecond the slowest body tolerated
 * @param window over how long that rate is judged
 */
record HttpLimits(Duration deadline, Duration firstByte, long minBytesPerSecond, Duration window) {

  /** What is begun at all is given a chance; and the client refuses a limit of zero. */
  private static final Duration SHORTEST = Duration.ofMillis(1);

  /** How long an exchange that began at {@code startedAt} may still wait for its headers. */
  Duration untilHeaders(long startedAt) {
    Duration left = left(startedAt);
    return firstByte.compareTo(left) < 0 ? firstByte : left;
  }

  /** What is left of the deadline of an exchange that began at {@code startedAt}. */
  Duration left(long startedAt) {
    Duration left = deadline.minusNanos(System.nanoTime() - startedAt);
    return left.compareTo(SHORTEST) > 0 ? left : SHORTEST;
  }
}

package io.github.atprotobackfill.xrpc;

import java.time.Duration;

/**
 * How much one host is asked for.
 *
 * @param concurrency the most exchanges under way at once
 * @param requestsPerSecond the sustained rate; {@link Double#POSITIVE_INFINITY} for none
 * @param burst how many requests may go out at once after a pause
 */
public record HostPolicy(int concurrency, double requestsPerSecond, int burst) {

  /** The longest time for which a host may park itself by a rate-limit header. */
  public static final Duration MAX_PARK = Duration.ofMinutes(15);

  /** The policy for a host that nothing is known about: 4 at once, 8 requests a second. */
  public static final HostPolicy DEFAULT = new HostPolicy(4, 8, 16);

  /**
   * The policy for a directory, which answers short look-ups for everybody and states no limit: 8
   * at once, 40 requests a second.
   */
  public static final HostPolicy DIRECTORY = new HostPolicy(8, 40, 80);

  public HostPolicy {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1: " + concurrency);
    }
    if (!(requestsPerSecond > 0)) {
      throw new IllegalArgumentException(
          "requestsPerSecond must be positive: " + requestsPerSecond);
    }
    if (burst < 1) {
      throw new IllegalArgumentException("burst must be at least 1: " + burst);
    }
  }

  /** This policy with another concurrency. */
  public HostPolicy withConcurrency(int most) {
    return new HostPolicy(most, requestsPerSecond, burst);
  }

  /** This policy with another sustained rate. */
  public HostPolicy withRequestsPerSecond(double rate) {
    return new HostPolicy(concurrency, rate, burst);
  }
}

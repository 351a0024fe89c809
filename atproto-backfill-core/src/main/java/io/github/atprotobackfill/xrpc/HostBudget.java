package io.github.atprotobackfill.xrpc;

import java.time.Duration;

/**
 * What one host still allows us: a token bucket of its {@link HostPolicy}, narrowed by the {@code
 * RateLimit-*} and {@code Retry-After} headers of its answers. Thread-safe.
 *
 * <p>{@link XrpcClient} spends from it before every request and tells it of every answer. A
 * scheduler only looks at {@link #readyIn()}, so that no thread waits where a queue can.
 */
public final class HostBudget {

  /** How long until the host may be asked again; zero when it may be asked now. */
  public Duration readyIn() {
    throw new UnsupportedOperationException();
  }

  /**
   * How much of {@link #readyIn()} is the host's own wish (a 429, an exhausted window) rather than
   * our pacing; zero when the host is not parked.
   */
  public Duration parkedFor() {
    throw new UnsupportedOperationException();
  }

  /** The policy in force. */
  public HostPolicy policy() {
    throw new UnsupportedOperationException();
  }
}

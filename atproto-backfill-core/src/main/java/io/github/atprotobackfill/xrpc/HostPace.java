package io.github.atprotobackfill.xrpc;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * What all requests to one host have in common, whichever {@link HostBudget} they are spent from:
 * our own pacing, and refusals of the host as a whole. To be used under its {@link #lock}.
 */
final class HostPace {

  private static final double SECOND = 1e9;

  final HostPolicy policy;
  final LongSupplier ticker;
  final ReentrantLock lock = new ReentrantLock();
  final Refusals refusals;

  private double tokens;
  private long filledAt;

  /**
   * A full bucket.
   *
   * @param ticker nanoseconds that only go forward, as {@link System#nanoTime()}
   */
  HostPace(HostPolicy policy, LongSupplier ticker) {
    this.policy = policy;
    this.ticker = ticker;
    this.tokens = policy.burst();
    this.filledAt = ticker.getAsLong();
    this.refusals = new Refusals(filledAt);
  }

  /** How long until a token is to be had, in nanoseconds. */
  long untilToken(long now) {
    fill(now);
    double after = tokens - 1;
    return after >= 0 ? 0 : (long) Math.ceil(-after / policy.requestsPerSecond() * SECOND);
  }

  void spend() {
    tokens -= 1;
  }

  void giveBack() {
    tokens = Math.min(policy.burst(), tokens + 1);
  }

  private void fill(long now) {
    if (Double.isInfinite(policy.requestsPerSecond())) {
      tokens = policy.burst();
    } else {
      double earned = (now - filledAt) / SECOND * policy.requestsPerSecond();
      tokens = Math.min(policy.burst(), tokens + earned);
    }
    filledAt = now;
  }
}

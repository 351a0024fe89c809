package io.github.atprotobackfill.xrpc;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * What all requests to one host have in common, whichever {@link HostBudget} they are spent from:
 * the policy, the time, and refusals of the host as a whole. To be used under its {@link #lock}.
 */
final class HostPace {

  final HostPolicy policy;
  final LongSupplier ticker;
  final ReentrantLock lock = new ReentrantLock();
  final Refusals refusals;

  /**
   * The pace of a host that was not asked yet.
   *
   * @param ticker nanoseconds that only go forward, as {@link System#nanoTime()}
   */
  HostPace(HostPolicy policy, LongSupplier ticker) {
    this.policy = policy;
    this.ticker = ticker;
    this.refusals = new Refusals(ticker.getAsLong());
  }
}

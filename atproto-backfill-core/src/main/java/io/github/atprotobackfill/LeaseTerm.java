package io.github.atprotobackfill;

import java.util.function.LongSupplier;

/**
 * How long a lease may still be acted under. The store judges leases by its own clock; here they
 * run out a little earlier, so that a stalled worker stops before another one begins. Thread-safe.
 */
final class LeaseTerm {

  private final LongSupplier ticker;
  private volatile long deadline;
  private volatile boolean lost;
  private volatile boolean handedOn;

  /**
   * @param deadline the moment, on {@code ticker}, from which the lease may be another's
   */
  LeaseTerm(LongSupplier ticker, long deadline) {
    this.ticker = ticker;
    this.deadline = deadline;
  }

  boolean holds() {
    return !lost && ticker.getAsLong() - deadline < 0;
  }

  void renewed(long newDeadline) {
    deadline = newDeadline;
  }

  void lost() {
    lost = true;
  }

  /** The lease is being handed back, so that it needs no renewal. */
  void handOn() {
    handedOn = true;
  }

  boolean handedOn() {
    return handedOn;
  }
}

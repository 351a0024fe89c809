package io.github.atprotobackfill;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When something that may be costly is worth doing again: after a while, or after twenty times as
 * long as it took, whichever is longer. Used by one thread.
 */
final class Cadence {

  private static final int SHARE = 20;

  private final LongSupplier ticker;
  private long endedAt;
  private long took;
  private boolean done;

  Cadence(LongSupplier ticker) {
    this.ticker = ticker;
  }

  /**
   * @param atLeast how long to leave between two
   */
  boolean due(Duration atLeast) {
    return !done || ticker.getAsLong() - endedAt >= Math.max(atLeast.toNanos(), SHARE * took);
  }

  /** Does it, and notes how long that took. */
  void run(Runnable work) {
    long begun = ticker.getAsLong();
    work.run();
    endedAt = ticker.getAsLong();
    took = endedAt - begun;
    done = true;
  }

  /** It is to be done at the next look. */
  void now() {
    done = false;
  }
}

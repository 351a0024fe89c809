package io.github.atprotobackfill;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The clock of a run: that of its stores, which all processes share, asked now and then and
 * reckoned on from in between. So it does not matter how wrong this process's own clock is. {@link
 * #keepTime} is called by the run's own thread; the rest is thread-safe.
 */
final class RunClock implements InstantSource {

  private static final Duration ASKED_EVERY = Duration.ofMinutes(1);

  private final Supplier<Instant> stores;
  private final LongSupplier ticker;
  private volatile Reading last;

  /** What the stores said, and when by the ticker. */
  private record Reading(Instant time, long ticks) {}

  /**
   * Asks the stores for the first time.
   *
   * @param stores the time by the clock that they share; may throw
   * @param ticker nanoseconds that only go forward, as {@link System#nanoTime()}
   */
  RunClock(Supplier<Instant> stores, LongSupplier ticker) {
    this.stores = stores;
    this.ticker = ticker;
    this.last = read();
  }

  /** Asks the stores again, when that was a while ago. */
  void keepTime() {
    if (ticker.getAsLong() - last.ticks() >= ASKED_EVERY.toNanos()) {
      last = read();
    }
  }

  @Override
  public Instant instant() {
    Reading from = last;
    return from.time().plusNanos(ticker.getAsLong() - from.ticks());
  }

  private Reading read() {
    return new Reading(stores.get(), ticker.getAsLong());
  }
}

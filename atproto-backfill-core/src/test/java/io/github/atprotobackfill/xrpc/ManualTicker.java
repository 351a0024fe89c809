package io.github.atprotobackfill.xrpc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A ticker that moves when told to, and a sleeper that moves it. */
final class ManualTicker implements LongSupplier, Sleeper {

  // Close to the overflow, since System.nanoTime may be anywhere.
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final AtomicLong slept = new AtomicLong();

  void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  Duration slept() {
    return Duration.ofNanos(slept.get());
  }

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  @Override
  public void sleep(long time) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    slept.addAndGet(time);
    nanos.addAndGet(time);
  }
}

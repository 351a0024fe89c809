package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Storage that outlives the stores opened on it, seen through something broken. {@code Broken} is
 * asked at each opening, so that it may break single processes or all together.
 */
final class BrokenHarness implements StoreHarness {

  /** What is wrong. */
  interface Broken {
    BackfillStores of(BackfillStores sound, InstantSource clock);
  }

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final BackfillStores sound = new InMemoryStores(now::get);
  private final Broken broken;

  BrokenHarness(Broken broken) {
    this.broken = broken;
  }

  @Override
  public BackfillStores open() {
    return broken.of(sound, now::get);
  }

  @Override
  public void advance(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  @Override
  public void close() {
    sound.close();
  }
}

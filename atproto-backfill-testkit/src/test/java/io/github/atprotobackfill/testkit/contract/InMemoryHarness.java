package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** In-memory stores on a clock that stands until it is set forward. */
final class InMemoryHarness implements StoreHarness {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final BackfillStores stores = new InMemoryStores(now::get);

  @Override
  public BackfillStores open() {
    return stores;
  }

  @Override
  public void advance(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  @Override
  public boolean durable() {
    return false;
  }

  @Override
  public void close() {
    stores.close();
  }
}

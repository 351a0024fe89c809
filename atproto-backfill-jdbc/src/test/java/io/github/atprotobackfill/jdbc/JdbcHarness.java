package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.testkit.contract.StoreHarness;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Storage of one kind for the contract kit; each opening has a pool of its own. */
final class JdbcHarness implements StoreHarness {

  private final TestStorage storage;

  JdbcHarness(TestStorage.Kind kind) {
    this.storage = TestStorage.withSchema(kind);
  }

  @Override
  public BackfillStores open() {
    return storage.stores(storage.newDataSource());
  }

  @Override
  public void advance(Duration time) throws Exception {
    storage.execute("UPDATE $repo SET available_at = available_at - " + time.toMillis());
    storage.execute("UPDATE $job_discovery SET held_until = held_until - " + time.toMillis());
    String micros = " - " + TimeUnit.NANOSECONDS.toMicros(time.toNanos());
    storage.execute(
        "UPDATE $host_budget SET empty_at = empty_at"
            + micros
            + ", parked_until = parked_until"
            + micros
            + ", exports_reset_at = exports_reset_at"
            + micros
            + ", exports_parked_until = exports_parked_until"
            + micros
            + ", others_reset_at = others_reset_at"
            + micros
            + ", others_parked_until = others_parked_until"
            + micros);
    storage.execute("UPDATE $job SET ended_at = ended_at - " + time.toMillis());
  }

  @Override
  public void close() throws Exception {
    storage.close();
  }
}

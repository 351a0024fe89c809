package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.BackfillStores;
import java.time.Duration;

/** Storage to run a contract on: empty when made, for one test. */
public interface StoreHarness extends AutoCloseable {

  /** Opens stores on the storage; a second call is what another process on the same server does. */
  BackfillStores open() throws Exception;

  /**
   * Makes it for the stores as if this time had passed since their last write, without waiting:
   * leases and the holding of a listing end, repos become due, ended jobs grow old, and shared
   * budgets fill. With a clock of one's own that clock is set forward; where a server's clock
   * counts, all those times are set back instead. Never called while a store is at work.
   */
  void advance(Duration time) throws Exception;

  /** Whether what was written is still there after all stores were closed. */
  default boolean durable() {
    return true;
  }

  /** Clears away the storage; all stores were closed before. */
  @Override
  void close() throws Exception;
}

package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.xrpc.SharedBudget.Draw;
import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shared budget that may be out of reach, of which is said once that it is, and once that it is
 * back. While it is, nothing is spent: better late than more than the host allows.
 */
final class BudgetStore {

  private static final Logger log = LoggerFactory.getLogger(BudgetStore.class);

  /** How long nothing is asked of a store that did not answer. */
  static final Duration AWAY = Duration.ofSeconds(1);

  private final SharedBudget shared;
  private final AtomicBoolean away = new AtomicBoolean();

  BudgetStore(SharedBudget shared) {
    this.shared = shared;
  }

  /** What was drawn; empty when the store did not answer. */
  Optional<Drawn> draw(Draw wanted) {
    try {
      Drawn drawn = shared.draw(wanted);
      if (away.compareAndSet(true, false)) {
        log.info("the shared budget of hosts is back");
      }
      return Optional.of(drawn);
    } catch (RuntimeException e) {
      // An interrupt also ends a call to a store, and says nothing of it.
      if (!Thread.currentThread().isInterrupted() && away.compareAndSet(false, true)) {
        log.warn("the shared budget of hosts is out of reach; hosts wait until it is back", e);
      }
      return Optional.empty();
    }
  }
}

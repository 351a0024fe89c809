package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.xrpc.SharedBudget.Draw;
import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import io.github.atprotobackfill.xrpc.SharedBudget.Known;
import io.github.atprotobackfill.xrpc.SharedBudget.Spending;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * Draws from a shared budget what is spent on one host: one thread at a time asks the store, and
 * the others wait for what it gets. Thread-safe; the pace's lock is not held meanwhile.
 */
final class SharedDraws {

  private final BudgetStore store;
  private final ServiceUrl host;
  private final Spending spending;
  private final HostPace pace;
  private final ReentrantLock drawing = new ReentrantLock();

  /** What was drawn; to be used under the pace's lock. */
  final DrawnRequests requests;

  SharedDraws(BudgetStore store, ServiceUrl host, Spending spending, HostPace pace) {
    this.store = store;
    this.host = host;
    this.spending = spending;
    this.pace = pace;
    this.requests = new DrawnRequests(pace.policy, pace.ticker.getAsLong());
  }

  /**
   * Draws more, unless there is some in hand or the store is not to be asked yet.
   *
   * @param known what is to be told with that; called under the pace's lock, with the time
   */
  void draw(LongFunction<Known> known) throws InterruptedException {
    drawing.lockInterruptibly();
    try {
      long askedAt;
      Draw wanted;
      pace.lock.lock();
      try {
        askedAt = pace.ticker.getAsLong();
        if (!requests.mustDraw(askedAt) || requests.untilRequest(askedAt) > 0) {
          return;
        }
        wanted = wanted(requests.batch(askedAt), known.apply(askedAt));
      } finally {
        pace.lock.unlock();
      }
      take(store.draw(wanted), askedAt);
    } finally {
      drawing.unlock();
    }
  }

  private void take(Optional<Drawn> drawn, long askedAt) {
    pace.lock.lock();
    try {
      long now = pace.ticker.getAsLong();
      if (drawn.isPresent()) {
        requests.drawn(drawn.get(), askedAt, now);
      } else {
        requests.notDrawn(BudgetStore.AWAY.toNanos(), now);
      }
    } finally {
      pace.lock.unlock();
    }
  }

  /** Tells the other processes, and draws nothing. A store that is away is not told later. */
  void tell(Known known) {
    store.draw(wanted(0, known));
  }

  private Draw wanted(int most, Known known) {
    return new Draw(host, spending, pace.policy, most, known);
  }
}

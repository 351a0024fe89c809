package io.github.atprotobackfill;

import io.github.atprotobackfill.xrpc.HostBudget;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/** The repos that wait for a turn at one host. Guarded by the scheduler's lock. */
final class HostLane {

  /** Where the scheduler keeps a lane; it is in one place at a time. */
  enum Place {
    /** Nothing waits, or as much is under way as may be. */
    ASIDE,
    /** In the rotation: it may have a turn. */
    ROTATING,
    /** Nothing may begin before a moment that is known. */
    WAITING
  }

  final ServiceUrl host;
  final HostBreaker breaker;
  final ArrayDeque<RepoWorker> ready = new ArrayDeque<>();

  Place place = Place.ASIDE;
  int running;
  long wakeAt;

  private final Supplier<HostBudget> budget;

  HostLane(ServiceUrl host, Supplier<HostBudget> budget, HostBreaker breaker) {
    this.host = host;
    this.budget = budget;
    this.breaker = breaker;
  }

  HostBudget budget() {
    return budget.get();
  }

  /** Whether another turn may begin as far as their number goes. */
  boolean hasRoom() {
    int most = breaker.halfOpen() ? 1 : budget().policy().concurrency();
    return running < most;
  }

  /** How long until the next turn may begin as far as the host goes; zero for now. */
  long waitNanos(long now) {
    RepoWorker next = ready.peek();
    HostBudget ofNext = next == null ? budget() : next.budget();
    return Math.max(breaker.waitNanos(now), ofNext.readyIn().toNanos());
  }
}

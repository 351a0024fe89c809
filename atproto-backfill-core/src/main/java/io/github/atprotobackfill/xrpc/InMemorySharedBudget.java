package io.github.atprotobackfill.xrpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Balances in a map, of as many hosts as a client remembers. */
final class InMemorySharedBudget implements SharedBudget {

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Cache<ServiceUrl, HostBalance> balances =
      Caffeine.newBuilder().maximumSize(HostBudgets.MOST_HOSTS).build();

  InMemorySharedBudget(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Drawn draw(Draw wanted) {
    lock.lock();
    try {
      long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
      HostBalance balance = balances.get(wanted.host(), host -> HostBalance.FULL);
      HostBalance.Spent spent = balance.draw(wanted, now);
      balances.put(wanted.host(), spent.balance());
      return spent.drawn();
    } finally {
      lock.unlock();
    }
  }
}

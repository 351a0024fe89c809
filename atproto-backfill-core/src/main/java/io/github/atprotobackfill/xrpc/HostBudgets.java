package io.github.atprotobackfill.xrpc;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.atprotobackfill.xrpc.SharedBudget.Spending;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The budgets of each host, by authority, for as long as the host is asked now and then. */
final class HostBudgets {

  /** Longer than any park, so that no host is asked again too early for having been forgotten. */
  static final Duration KEPT = HostPolicy.MAX_PARK.multipliedBy(4);

  /** Strangers choose the hosts of redirects and DID documents; this bounds what they fill. */
  static final int MOST_HOSTS = 100_000;

  private final LoadingCache<ServiceUrl, OfHost> budgets;

  /**
   * The two budgets of one host, and what they share.
   *
   * @param exports what {@code getRepo} is spent from
   * @param others what everything else is spent from
   */
  private record OfHost(HostBudget exports, HostBudget others) {

    static OfHost ofItsOwn(HostPace pace) {
      TokenBucket bucket = new TokenBucket(pace.policy, pace.ticker.getAsLong());
      return new OfHost(new HostBudget(pace, bucket), new HostBudget(pace, bucket));
    }

    static OfHost shared(BudgetStore store, ServiceUrl host, HostPace pace) {
      return new OfHost(
          new HostBudget(pace, new SharedDraws(store, host, Spending.EXPORTS, pace)),
          new HostBudget(pace, new SharedDraws(store, host, Spending.OTHERS, pace)));
    }
  }

  /** Budgets of this process alone. */
  HostBudgets(Function<ServiceUrl, HostPolicy> policy, LongSupplier ticker) {
    this(policy, ticker, null);
  }

  /**
   * Budgets of this process, or of several.
   *
   * @param shared from where they are drawn; null when they are this process's own
   */
  HostBudgets(
      Function<ServiceUrl, HostPolicy> policy, LongSupplier ticker, @Nullable SharedBudget shared) {
    BudgetStore store = shared == null ? null : new BudgetStore(shared);
    this.budgets =
        Caffeine.newBuilder()
            .expireAfterAccess(KEPT)
            .maximumSize(MOST_HOSTS)
            .ticker(ticker::getAsLong)
            .build(service -> budgets(service, new HostPace(policy.apply(service), ticker), store));
  }

  private static OfHost budgets(ServiceUrl host, HostPace pace, @Nullable BudgetStore store) {
    return store == null ? OfHost.ofItsOwn(pace) : OfHost.shared(store, host, pace);
  }

  /** What everything but {@code getRepo} is spent from. */
  HostBudget of(ServiceUrl service) {
    return budgets.get(service).others();
  }

  /** What {@code getRepo} is spent from. */
  HostBudget ofExports(ServiceUrl service) {
    return budgets.get(service).exports();
  }
}

package io.github.atprotobackfill.xrpc;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The budget of each host, by authority, for as long as the host is asked now and then. */
final class HostBudgets {

  /** Longer than any park, so that no host is asked again too early for having been forgotten. */
  static final Duration KEPT = HostPolicy.MAX_PARK.multipliedBy(4);

  /** Strangers choose the hosts of redirects and DID documents; this bounds what they fill. */
  static final int MOST_HOSTS = 100_000;

  private final LoadingCache<ServiceUrl, HostBudget> budgets;

  HostBudgets(Function<ServiceUrl, HostPolicy> policy, LongSupplier ticker) {
    this.budgets =
        Caffeine.newBuilder()
            .expireAfterAccess(KEPT)
            .maximumSize(MOST_HOSTS)
            .ticker(ticker::getAsLong)
            .build(service -> new HostBudget(policy.apply(service), ticker));
  }

  HostBudget of(ServiceUrl service) {
    return budgets.get(service);
  }
}

package io.github.atprotobackfill.xrpc;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;

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

    static OfHost of(HostPace pace) {
      return new OfHost(new HostBudget(pace), new HostBudget(pace));
    }
  }

  HostBudgets(Function<ServiceUrl, HostPolicy> policy, LongSupplier ticker) {
    this.budgets =
        Caffeine.newBuilder()
            .expireAfterAccess(KEPT)
            .maximumSize(MOST_HOSTS)
            .ticker(ticker::getAsLong)
            .build(service -> OfHost.of(new HostPace(policy.apply(service), ticker)));
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

package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.identity.DidResolver;
import io.github.atprotobackfill.identity.HandleResolvers;
import io.github.atprotobackfill.identity.RepoNames;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The network as the options of a command reach it.
 *
 * @param budget what the client draws from; null when its budgets are its own
 */
record NetworkAccess(
    XrpcClient client, DidResolver resolver, int concurrency, @Nullable StoredBudget budget)
    implements AutoCloseable {

  /**
   * A killed run's repos wait this long for the next; a person who starts it again waits with them.
   */
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** An engine that asks this network, still without a place for what it gets. */
  BackfillBuilder engine() {
    return Backfill.builder()
        .client(client)
        .resolver(resolver)
        .concurrency(concurrency)
        .leaseFor(LEASE);
  }

  /** To be told of a job's stores, which may keep what this process shares with others. */
  void opened(BackfillStores stores) {
    if (budget != null) {
      budget.keptBy(stores);
    }
  }

  /** What finds the repos that people name; {@code services} are asked for handles first. */
  RepoNames names(List<ServiceUrl> services) {
    return new RepoNames(HandleResolvers.asking(services, client, resolver));
  }

  @Override
  public void close() {
    client.close();
  }
}

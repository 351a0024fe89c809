package io.github.atprotobackfill;

import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.identity.DidResolver;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What an engine was built with; each component is told by {@link BackfillBuilder}. */
record Settings(
    RecordSink sink,
    BackfillStores stores,
    XrpcClient client,
    DidResolver resolver,
    RecordFetcher fetcher,
    BackfillListener listener,
    @Nullable InstantSource clock,
    int concurrency,
    int writers,
    int discoveryWindow,
    boolean confirmHosts,
    boolean skipUnchanged,
    int maxAttempts,
    Duration firstRetry,
    Duration longestRetry,
    Duration hostPatience,
    Duration storePatience,
    Duration leaseFor,
    Duration keepHistory) {

  /** What a person wants to see in the log when a run begins. */
  String inWords() {
    return String.format(
        "concurrency %d, %d writers, leases of %s, up to %d tries a repo, patience of %s with hosts",
        concurrency, writers, leaseFor, maxAttempts, hostPatience);
  }

  /** The wait before a repo's next try, after {@code attempts} that failed. */
  Duration retryAfter(int attempts) {
    Duration wait = firstRetry.multipliedBy(1L << Math.min(2 * attempts, 20));
    return wait.compareTo(longestRetry) < 0 ? wait : longestRetry;
  }
}

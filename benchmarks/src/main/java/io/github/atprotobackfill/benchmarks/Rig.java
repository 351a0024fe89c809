package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.fetch.AdaptiveFetcher;
import io.github.atprotobackfill.fetch.ListRecordsFetcher;
import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.function.Function;

/** An engine on a network, as the benchmarks set it up: all defaults but the ones given. */
final class Rig {

  static final Nsid COLLECTION = Nsid.parse("com.example.note");

  static final HostPolicy UNLIMITED =
      new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

  private static final Duration LONG_ENOUGH = Duration.ofHours(12);

  private final ServiceUrl directory;
  private final Function<ServiceUrl, HostPolicy> policy;
  private final Duration hostPatience;
  private final boolean confirmHosts;
  private final Function<XrpcClient, RecordFetcher> fetcher;
  private final int concurrency;

  private Rig(
      ServiceUrl directory,
      Function<ServiceUrl, HostPolicy> policy,
      Duration hostPatience,
      boolean confirmHosts,
      Function<XrpcClient, RecordFetcher> fetcher,
      int concurrency) {
    this.directory = directory;
    this.policy = policy;
    this.hostPatience = hostPatience;
    this.confirmHosts = confirmHosts;
    this.fetcher = fetcher;
    this.concurrency = concurrency;
  }

  /** Nothing is limited by the client but exchanges at once with one host. */
  static Rig unlimited(ServiceUrl directory) {
    return new Rig(
        directory,
        host -> UNLIMITED,
        Duration.ofSeconds(30),
        true,
        AdaptiveFetcher::new,
        BackfillBuilder.DEFAULT_CONCURRENCY);
  }

  Rig policy(Function<ServiceUrl, HostPolicy> ofHosts) {
    return new Rig(directory, ofHosts, hostPatience, confirmHosts, fetcher, concurrency);
  }

  Rig hostPatience(Duration patience) {
    return new Rig(directory, policy, patience, confirmHosts, fetcher, concurrency);
  }

  Rig confirmHosts(boolean confirm) {
    return new Rig(directory, policy, hostPatience, confirm, fetcher, concurrency);
  }

  /** Repos are read page by page, whatever it costs. */
  Rig listing() {
    return fetcher(ListRecordsFetcher::new);
  }

  /** Reads repos this way; else as the engine does by default. */
  Rig fetcher(Function<XrpcClient, RecordFetcher> ofClient) {
    return new Rig(directory, policy, hostPatience, confirmHosts, ofClient, concurrency);
  }

  /** So many repos are asked for at once. */
  Rig concurrency(int most) {
    return new Rig(directory, policy, hostPatience, confirmHosts, fetcher, most);
  }

  /**
   * How a job ended.
   *
   * @param progress its last progress
   * @param seconds from its start to its end
   */
  record Ended(BackfillProgress progress, double seconds) {

    double recordsPerSecond() {
      return progress.counts().seen() / seconds;
    }
  }

  /** Runs a job to its end, with a client, a cache of documents and connections of its own. */
  Ended run(BackfillJob job, BackfillStores stores, RecordSink sink) throws InterruptedException {
    try (XrpcClient client =
            XrpcClient.builder().allowPrivateHosts(true).hostPolicy(policy).build();
        Backfill backfill =
            Backfill.builder()
                .client(client)
                .resolver(DidResolvers.standard(client, directory))
                .stores(stores)
                .sink(sink)
                .hostPatience(hostPatience)
                .confirmHosts(confirmHosts)
                .fetcher(fetcher.apply(client))
                .concurrency(concurrency)
                .build()) {
      long begin = System.nanoTime();
      BackfillRun run = backfill.start(job);
      if (!run.await(LONG_ENOUGH)) {
        throw new IllegalStateException("the job does not end: " + run.progress());
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Ended(run.completion().toCompletableFuture().join(), seconds);
    }
  }
}

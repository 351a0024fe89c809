package io.github.atprotobackfill.wholejob;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.fetch.AdaptiveFetcher;
import io.github.atprotobackfill.fetch.ListRecordsFetcher;
import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A network, an engine on it, and the questions that every whole-job test asks. */
final class WholeJob implements AutoCloseable {

  static final Nsid NOTE = Nsid.parse("com.example.note");
  static final Nsid POST = Nsid.parse("app.bsky.feed.post");
  static final Duration LONG_ENOUGH = Duration.ofMinutes(2);

  private static final HostPolicy UNLIMITED =
      new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

  final SimulatedNetwork network;
  final XrpcClient client;
  final BackfillStores stores;
  private RecordFetcher fetcher;

  WholeJob(SimulatedNetwork network) {
    this(network, new InMemoryStores());
  }

  WholeJob(SimulatedNetwork network, BackfillStores stores) {
    this.network = network;
    this.stores = stores;
    this.client =
        XrpcClient.builder()
            .allowPrivateHosts(true)
            .hostPolicy(host -> UNLIMITED)
            .deadline(Duration.ofSeconds(10))
            .firstByte(Duration.ofSeconds(2))
            .build();
    this.fetcher = new AdaptiveFetcher(client);
  }

  /** From here on repos are read page by page only. */
  WholeJob listing() {
    fetcher = new ListRecordsFetcher(client);
    return this;
  }

  /** From here on repos are read whole, or not at all. */
  WholeJob exporting() {
    fetcher = RepoExportFetcher.of(client);
    return this;
  }

  BackfillBuilder engine(RecordSink sink) {
    return Backfill.builder()
        .fetcher(fetcher)
        .sink(sink)
        .stores(stores)
        .client(client)
        .resolver(DidResolvers.uncached(client, network.directory().url()))
        .hostPatience(Duration.ofSeconds(3))
        .retryAfter(Duration.ofMillis(50), Duration.ofMillis(200))
        .leaseFor(Duration.ofSeconds(10));
  }

  BackfillJob collections(Nsid... collections) {
    return new BackfillJob.Collections(List.of(network.relay().url()), Set.of(collections), false);
  }

  BackfillJob everyHost() {
    return new BackfillJob.Hosts(
        network.hosts().stream().map(SimulatedHost::url).toList(), Set.of());
  }

  BackfillProgress run(BackfillJob job, RecordSink sink) throws InterruptedException {
    try (Backfill backfill = engine(sink).build()) {
      return run(backfill, job);
    }
  }

  static BackfillProgress run(Backfill backfill, BackfillJob job) throws InterruptedException {
    BackfillRun run = backfill.start(job);
    assertThat(run.await(LONG_ENOUGH)).as("the job ends: %s", run.progress()).isTrue();
    return run.completion().toCompletableFuture().join();
  }

  Map<AtUri, Cid> expected(Nsid... collections) {
    String[] names = java.util.Arrays.stream(collections).map(Nsid::value).toArray(String[]::new);
    return network
        .expectedRecords(names)
        .collect(Collectors.toMap(record -> record.uri(), record -> record.cid()));
  }

  /** What became of each repo of the job. */
  Map<Did, RepoEntry> outcomes(BackfillProgress ended) {
    Map<Did, RepoEntry> outcomes = new HashMap<>();
    Did after = null;
    List<RepoEntry> page;
    do {
      page = stores.queue().repos(ended.job(), Set.of(RepoState.values()), after, 1000);
      page.forEach(entry -> outcomes.put(entry.did(), entry));
      after = page.isEmpty() ? null : page.get(page.size() - 1).did();
    } while (!page.isEmpty());
    return outcomes;
  }

  @Override
  public void close() {
    client.close();
    network.close();
  }
}

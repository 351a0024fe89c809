package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillListener;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.jdbc.ObservedDataSource.Moment;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole jobs whose progress and records are in one database. */
class WholeJobTest {

  private static final String NOTE = "com.example.note";
  private static final HostPolicy UNLIMITED =
      new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

  private SimulatedNetwork network;
  private XrpcClient client;

  @BeforeEach
  void start() {
    network =
        SimulatedNetwork.builder()
            .seed(10)
            .hosts(3)
            .accounts(60)
            .repoSizes(RepoSizes.zipf(600, 0.8))
            .start();
    client = XrpcClient.builder().allowPrivateHosts(true).hostPolicy(host -> UNLIMITED).build();
  }

  @AfterEach
  void close() {
    client.close();
    network.close();
  }

  @ParameterizedTest
  @EnumSource(TestStorage.Kind.class)
  void everyRecordArrivesAndTheNextRunWritesNone(TestStorage.Kind kind) throws Exception {
    try (TestStorage storage = TestStorage.withSchema(kind)) {
      BackfillProgress first = run(storage.dataSource(), storage, BackfillListener.NONE);
      assertThat(first.state()).isEqualTo(JobState.COMPLETED);
      assertThat(stored(storage)).isEqualTo(expected());
      assertThat(first.counts().written()).isEqualTo(expected().size());

      BackfillProgress again = run(storage.dataSource(), storage, BackfillListener.NONE);
      assertThat(again.state()).isEqualTo(JobState.COMPLETED);
      assertThat(again.job()).isNotEqualTo(first.job());
      assertThat(again.counts().seen()).isZero();
      assertThat(again.counts().written()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(TestStorage.Kind.class)
  void aDatabaseThatGoesAndComesBackLosesNothing(TestStorage.Kind kind) throws Exception {
    try (TestStorage storage = TestStorage.withSchema(kind)) {
      ObservedDataSource observed = ObservedDataSource.of(storage.dataSource());
      AtomicBoolean broken = new AtomicBoolean();
      BackfillListener breaking =
          new BackfillListener() {
            @Override
            public void written(long written, long unchanged, long deleted) {
              if (broken.compareAndSet(false, true)) {
                for (int i = 0; i < 5; i++) {
                  for (Moment moment : Moment.values()) {
                    observed.failNext(moment, "08006");
                  }
                }
              }
            }
          };

      BackfillProgress ended = run(observed.dataSource(), storage, breaking);

      assertThat(observed.faultsLeft()).as("faults that did not strike").isZero();
      assertThat(ended.state()).as(ended.toString()).isEqualTo(JobState.COMPLETED);
      assertThat(stored(storage)).isEqualTo(expected());
      assertThat(observed.open()).as("connections not given back").isZero();
    }
  }

  private BackfillProgress run(DataSource source, TestStorage storage, BackfillListener listener)
      throws InterruptedException {
    try (Backfill backfill =
        Backfill.builder()
            .stores(storage.stores(source))
            .sink(storage.sink(source))
            .client(client)
            .resolver(DidResolvers.uncached(client, network.directory().url()))
            .leaseFor(Duration.ofSeconds(5))
            .listener(listener)
            .build()) {
      BackfillRun run =
          backfill.start(
              new BackfillJob.Collections(
                  List.of(network.relay().url()), Set.of(Nsid.parse(NOTE)), false));
      assertThat(run.await(Duration.ofMinutes(2))).as("%s", run.progress()).isTrue();
      return run.completion().toCompletableFuture().join();
    }
  }

  private Map<String, String> expected() {
    return network
        .expectedRecords(NOTE)
        .collect(Collectors.toMap(row -> row.uri().toString(), row -> row.cid().toString()));
  }

  private static Map<String, String> stored(TestStorage storage) throws Exception {
    List<String> uris =
        storage.query("select uri from " + storage.prefix() + "record order by uri");
    List<String> cids =
        storage.query("select cid from " + storage.prefix() + "record order by uri");
    Map<String, String> stored = new java.util.HashMap<>();
    for (int i = 0; i < uris.size(); i++) {
      stored.put(uris.get(i), cids.get(i));
    }
    return stored;
  }
}

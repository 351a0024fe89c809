package io.github.atprotobackfill.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillListener;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.identity.CachingDidResolver;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;
import redis.embedded.RedisServer;

/** Whole jobs whose progress is in Redis, over a network with faults. */
class RedisWholeJobTest {

  private static final String NOTE = "com.example.note";
  private static final int ACCOUNTS = 80;
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(3);
  private static final HostPolicy UNLIMITED =
      new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

  private final RedisHarness redis = new RedisHarness();
  private final UnifiedJedis jedis = TestRedis.connect();
  private final Map<AtUri, Cid> records = new ConcurrentHashMap<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private SimulatedNetwork network;
  private XrpcClient client;

  @BeforeEach
  void start() {
    network =
        SimulatedNetwork.builder()
            .seed(41)
            .hosts(4)
            .accounts(ACCOUNTS)
            .repoSizes(RepoSizes.zipf(300, 0.8))
            .start();
    network.host(0).order(Fault.status(500).next(5));
    network.host(1).order(Fault.bareTooManyRequests().next(2));
    client = XrpcClient.builder().allowPrivateHosts(true).hostPolicy(host -> UNLIMITED).build();
  }

  @AfterEach
  void close() {
    client.close();
    network.close();
    jedis.close();
    redis.close();
  }

  private void write(List<RecordEvent> batch) {
    for (RecordEvent event : batch) {
      if (event instanceof RecordPut put) {
        records.put(put.uri(), put.cid());
      } else {
        records.remove(event.uri());
      }
    }
  }

  private BackfillBuilder engine(BackfillStores stores, RecordSink sink) {
    return Backfill.builder()
        .stores(stores)
        .sink(sink)
        .client(client)
        .resolver(
            CachingDidResolver.builder(DidResolvers.uncached(client, network.directory().url()))
                .shared(RedisDidCache.of(jedis, redis.prefix()))
                .build())
        .retryAfter(Duration.ofMillis(50), Duration.ofMillis(200))
        .leaseFor(Duration.ofSeconds(5))
        .listener(
            new BackfillListener() {
              @Override
              public void storeLostMemory(UUID job, String lost) {
                said.add(lost);
              }
            });
  }

  private BackfillJob job() {
    return new BackfillJob.Collections(
        List.of(network.relay().url()), Set.of(Nsid.parse(NOTE)), false);
  }

  private static BackfillProgress ended(BackfillRun run) throws InterruptedException {
    assertThat(run.await(LONG_ENOUGH)).as("%s", run.progress()).isTrue();
    return run.completion().toCompletableFuture().join();
  }

  private void assertAllIsThere(BackfillProgress ended) {
    assertThat(ended.state()).as("%s", ended).isEqualTo(JobState.COMPLETED);
    assertThat(records)
        .isEqualTo(
            network
                .expectedRecords(NOTE)
                .collect(Collectors.toMap(record -> record.uri(), record -> record.cid())));
  }

  @Test
  void everyRecordArrivesAndTheNextRunReadsNone() throws Exception {
    try (Backfill backfill = engine(redis.open(), this::write).build()) {
      BackfillProgress first = ended(backfill.start(job()));
      assertAllIsThere(first);

      BackfillProgress again = ended(backfill.start(job()));
      assertThat(again.job()).isNotEqualTo(first.job());
      assertThat(again.state()).isEqualTo(JobState.COMPLETED);
      assertThat(again.counts().seen()).isZero();
    }
  }

  @Test
  void twoProcessesShareOneJob() throws Exception {
    try (Backfill one = engine(redis.open(), this::write).build();
        Backfill other = engine(redis.open(), this::write).build()) {
      BackfillRun first = one.start(job());
      BackfillRun second = other.start(job());
      assertThat(second.id()).isEqualTo(first.id());

      assertAllIsThere(ended(first));
      assertAllIsThere(ended(second));
    }
  }

  @Test
  void theQueueMayBeInRedisAndTheRestElsewhere() throws Exception {
    BackfillStores elsewhere = new InMemoryStores();
    BackfillStores both =
        BackfillStores.of(elsewhere.progress(), redis.open().queue(), elsewhere.states());
    try (Backfill backfill = engine(both, this::write).keepHistory(Duration.ofNanos(1)).build()) {
      BackfillRun first = backfill.start(job());
      assertAllIsThere(ended(first));
      String itsId = first.id().toString();
      assertThat(redis.keys()).anyMatch(key -> key.contains(itsId));

      ended(backfill.start(job()));

      assertThat(redis.keys()).isNotEmpty().noneMatch(key -> key.contains(itsId));
    }
  }

  @Test
  void aServerThatIsEmptiedIsFilledAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    RecordSink standingStill =
        batch -> {
          begun.countDown();
          goOn.await();
          write(batch);
        };
    try (Backfill backfill = engine(redis.open(), standingStill).build()) {
      BackfillRun run = backfill.start(job());
      begun.await();

      redis.forgetEverything();
      goOn.countDown();

      assertAllIsThere(ended(run));
      assertThat(said).isNotEmpty();
    }
  }

  @Test
  void aServerThatIsStartedAgainWithoutWhatItHeldIsFilledAgain() throws Exception {
    RedisServer server = TestRedis.newServer();
    server.start();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    RecordSink standingStill =
        batch -> {
          begun.countDown();
          goOn.await();
          write(batch);
        };
    URI url = URI.create("redis://127.0.0.1:" + server.ports().get(0));
    try (UnifiedJedis own = TestRedis.connect(url);
        Backfill backfill = engine(RedisStores.builder(own).build(), standingStill).build()) {
      BackfillRun run = backfill.start(job());
      begun.await();

      server.stop();
      goOn.countDown();
      server.start();

      assertAllIsThere(ended(run));
      assertThat(said).isNotEmpty();
    } finally {
      server.stop();
    }
  }
}

package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillListener;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several processes on one job whose progress and records are in one database. */
class SharedJobTest {

  private static final String NOTE = "com.example.note";
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final HostPolicy UNLIMITED =
      new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

  private SimulatedNetwork network;
  private XrpcClient client;

  @BeforeEach
  void start() {
    network =
        SimulatedNetwork.builder()
            .seed(12)
            .hosts(3)
            .accounts(60)
            .repoSizes(RepoSizes.zipf(6000, 0.8)) // several batches for each writer
            .start();
    client = XrpcClient.builder().allowPrivateHosts(true).hostPolicy(host -> UNLIMITED).build();
  }

  @AfterEach
  void close() {
    client.close();
    network.close();
  }

  private Backfill engine(DataSource source, TestStorage storage, BackfillListener listener) {
    return Backfill.builder()
        .stores(storage.stores(source))
        .sink(storage.sink(source))
        .client(client)
        .resolver(DidResolvers.uncached(client, network.directory().url()))
        .leaseFor(LONG)
        .listener(listener)
        .build();
  }

  private BackfillJob job() {
    return new BackfillJob.Collections(
        List.of(network.relay().url()), Set.of(Nsid.parse(NOTE)), false);
  }

  private long expected() {
    return network.expectedRecords(NOTE).count();
  }

  private static long stored(TestStorage storage) throws Exception {
    return Long.parseLong(storage.query("SELECT count(*) FROM $record").get(0));
  }

  private static long written(TestStorage storage) {
    return storage.stores().progress().list(1).get(0).counts().written();
  }

  private static void assertCompleted(BackfillRun run) throws InterruptedException {
    assertThat(run.await(Duration.ofMinutes(2))).as("%s", run.progress()).isTrue();
    assertThat(run.completion().toCompletableFuture().join().state()).isEqualTo(JobState.COMPLETED);
  }

  @ParameterizedTest
  @EnumSource(TestStorage.Kind.class)
  void twoThatStartTheSameJobAtOnceShareIt(TestStorage.Kind kind) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (TestStorage storage = TestStorage.withSchema(kind);
        Backfill one = engine(storage.newDataSource(), storage, BackfillListener.NONE);
        Backfill other = engine(storage.newDataSource(), storage, BackfillListener.NONE)) {
      CountDownLatch together = new CountDownLatch(2);
      List<Future<BackfillRun>> starting =
          List.of(one, other).stream()
              .map(
                  engine ->
                      threads.submit(
                          () -> {
                            together.countDown();
                            together.await();
                            return engine.start(job());
                          }))
              .toList();
      BackfillRun first = starting.get(0).get();
      BackfillRun second = starting.get(1).get();

      assertThat(second.id()).isEqualTo(first.id());
      assertCompleted(first);
      assertCompleted(second);
      assertThat(written(storage)).isEqualTo(expected());
      assertThat(stored(storage)).isEqualTo(expected());
    } finally {
      threads.shutdown();
    }
  }

  /** What is in one transaction with its fence comes to nothing. */
  @ParameterizedTest
  @EnumSource(TestStorage.Kind.class)
  void nothingIsStoredOfAProcessThatStoodStillForLongerThanItsLease(TestStorage.Kind kind)
      throws Exception {
    CountDownLatch wake = new CountDownLatch(1);
    CountDownLatch asleep = new CountDownLatch(1);
    try (TestStorage storage = TestStorage.withSchema(kind)) {
      DataSource sleepy = gated(storage.newDataSource(), asleep, wake);
      try (Backfill stale = engine(sleepy, storage, BackfillListener.NONE);
          Backfill next = engine(storage.newDataSource(), storage, BackfillListener.NONE)) {
        BackfillRun stopped = stale.start(job());
        asleep.await();
        untilItsOwnThreadWaits(stopped);
        long past = LONG.multipliedBy(2).toMillis();
        storage.execute("UPDATE $repo SET available_at = available_at - " + past);
        storage.execute("UPDATE $job_discovery SET held_until = held_until - " + past);
        assertCompleted(next.start(job()));
        assertThat(stored(storage)).isEqualTo(expected());
        storage.execute("DELETE FROM $record");

        wake.countDown();
        assertCompleted(stopped);

        assertThat(stored(storage)).as("stored by the stale process").isZero();
        assertThat(written(storage)).isEqualTo(expected());
      } finally {
        wake.countDown();
      }
    }
  }

  /** For the database, or for the writer that does. */
  private static void untilItsOwnThreadWaits(BackfillRun run) {
    String name = "backfill-" + run.id().toString().substring(0, 8) + "-run-1";
    Thread thread =
        Thread.getAllStackTraces().keySet().stream()
            .filter(any -> any.getName().equals(name))
            .findAny()
            .orElseThrow();
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
        });
  }

  /** A data source that falls asleep before the first records are written, until it is woken. */
  private static DataSource gated(DataSource source, CountDownLatch asleep, CountDownLatch wake) {
    return (DataSource)
        Proxy.newProxyInstance(
            SharedJobTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("hashCode")) {
                return System.identityHashCode(proxy);
              }
              if (method.getName().equals("equals")) {
                return proxy == arguments[0];
              }
              if (Thread.currentThread().getName().contains("-write-")) {
                asleep.countDown();
              }
              if (method.getName().equals("getConnection") && asleep.getCount() == 0) {
                wake.await();
              }
              try {
                return method.invoke(source, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}

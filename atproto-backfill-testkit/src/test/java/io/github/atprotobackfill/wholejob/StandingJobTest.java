package io.github.atprotobackfill.wholejob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StandingJobTest {

  private static final BackfillJob STANDING = new BackfillJob.Standing("queue", Set.of());

  private final BackfillStores stores = new InMemoryStores();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger renewals = new AtomicInteger();
  private final MemorySink sink = new MemorySink();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private WholeJob whole;
  private List<Did> repos;

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(17)
                .accounts(6)
                .repoSizes(RepoSizes.uniform(5, 20))
                .start(),
            watched());
    repos =
        whole.network.accounts(AccountStatus.ACTIVE).map(SimulatedAccount::did).limit(6).toList();
  }

  @AfterEach
  void close() {
    goOn.countDown();
    whole.close();
  }

  @Test
  void itReadsWhatIsQueuedAndNeverEndsByItself() throws Exception {
    try (Backfill backfill = whole.engine(sink).build()) {
      BackfillRun run = backfill.start(STANDING);
      queue(run, 0, 3);
      until(() -> done(run) == 3);
      int seen = looks.get();
      until(() -> looks.get() > seen + 2);
      assertThat(run.progress().state()).isEqualTo(JobState.RUNNING);

      queue(run, 3, 6);
      until(() -> done(run) == 6);
      assertThat(sink.records).isEqualTo(whole.expected());

      until(() -> run.progress().repos().done() == 6 && run.progress().repos().open() == 0);
      assertThat(run.progress().repos().discovered()).isEqualTo(6);
      assertThat(run.progress().discoveryDone()).as("more may come at any time").isFalse();
    }
  }

  @Test
  void stopLeavesItToBeGoneOnWithAndCancelEndsIt() throws Exception {
    BackfillRun stopped;
    try (Backfill first = whole.engine(sink).build()) {
      stopped = first.start(STANDING);
      queue(stopped, 0, 6);
      stopped.stop();
      assertThat(stopped.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(stopped.progress().state()).isEqualTo(JobState.RUNNING);
      assertThat(stores.queue().stats(stopped.id()).count(RepoState.LEASED)).isZero();
    }
    try (Backfill next = whole.engine(sink).build()) {
      BackfillRun run = next.start(STANDING);
      assertThat(run.id()).isEqualTo(stopped.id());
      until(() -> done(run) == 6);
      run.cancel();
      assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(run.progress().state()).isEqualTo(JobState.CANCELLED);
    }
    assertThat(sink.records).isEqualTo(whole.expected());
  }

  @Test
  void whatWaitsForASlowSinkStaysLeased() throws Exception {
    RecordSink slow =
        batch -> {
          goOn.await();
          sink.write(batch);
        };
    Duration lease = Duration.ofSeconds(1);
    try (Backfill backfill = whole.engine(slow).writers(1).leaseFor(lease).build()) {
      BackfillRun run = backfill.start(STANDING);
      queue(run, 0, 6);
      // Every repo is read by then, and waits behind the first of them, longer than its lease.
      until(() -> renewals.get() >= 6 * 10);
      goOn.countDown();
      until(() -> done(run) == 6);
      assertThat(sink.events).as("nothing was read twice").hasValue(whole.expected().size());
    }
  }

  @Test
  void aStopEndsThoughTheSinkTakesNothing() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    RecordSink full =
        batch -> {
          begun.countDown();
          never.await();
        };
    try (Backfill backfill = whole.engine(full).build()) {
      BackfillRun run = backfill.start(STANDING);
      queue(run, 0, 6);
      begun.await();
      run.stop();
      assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(run.progress().state()).isEqualTo(JobState.RUNNING);
    }
    assertThat(sink.records).isEmpty();
  }

  private void queue(BackfillRun run, int from, int to) {
    stores
        .queue()
        .enqueue(
            run.id(),
            repos.subList(from, to).stream().map(did -> new QueuedRepo(did, null, null)).toList());
  }

  private long done(BackfillRun run) {
    return stores.queue().stats(run.id()).count(RepoState.DONE);
  }

  /** The stores, with what the engine asks of the queue counted. */
  private BackfillStores watched() {
    WorkQueue queue =
        (WorkQueue)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {WorkQueue.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("stats")) {
                    looks.incrementAndGet();
                  } else if (method.getName().equals("apply")) {
                    ((List<?>) arguments[1])
                        .forEach(
                            update ->
                                renewals.addAndGet(update instanceof LeaseUpdate.Renew ? 1 : 0));
                  }
                  try {
                    return method.invoke(stores.queue(), arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new BackfillStores() {
      @Override
      public ProgressStore progress() {
        return stores.progress();
      }

      @Override
      public WorkQueue queue() {
        return queue;
      }

      @Override
      public RepoStates states() {
        return stores.states();
      }
    };
  }

  private static void until(BooleanSupplier condition) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
          }
        });
  }
}

package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several processes on one job; the stores' clock stands still until it is set forward. */
class SharedJobTest {

  private static final int ACCOUNTS = 120;
  private static final int HOSTS = 12;

  /** A host tells that there is no more only when it is asked once more. */
  private static final int LISTED_PAGES = 2 * HOSTS;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final BackfillStores stores = new InMemoryStores(now::get);
  private final List<String> listings = new CopyOnWriteArrayList<>();
  private final MemorySink sink = new MemorySink();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private WholeJob whole;

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(29)
                .hosts(HOSTS)
                .accounts(ACCOUNTS)
                .repoSizes(RepoSizes.uniform(10, 60))
                .onRequest(
                    request -> {
                      if (request.method().endsWith(".listRepos")) {
                        listings.add(request.host().url() + request.target());
                      }
                    })
                .start(),
            stores);
  }

  @AfterEach
  void close() {
    goOn.countDown();
    whole.close();
  }

  /** Engines that may be slow for minutes before they take their leases for lost. */
  private BackfillBuilder engine(RecordSink into) {
    return whole.engine(into).leaseFor(Duration.ofMinutes(10));
  }

  private RecordSink standingStill() {
    return batch -> {
      begun.countDown();
      goOn.await();
      sink.write(batch);
    };
  }

  private void assertCompleted(BackfillRun run) throws InterruptedException {
    assertThat(run.await(WholeJob.LONG_ENOUGH)).as("the job ends: %s", run.progress()).isTrue();
    assertThat(run.progress().state()).isEqualTo(JobState.COMPLETED);
    assertThat(run.progress().repos().done()).isEqualTo(ACCOUNTS);
    assertThat(run.progress().discoveryDone()).isTrue();
  }

  @Test
  void ofThreeProcessesOneListsAndAllSeeTheEnd() throws Exception {
    try (Backfill one = engine(sink).build();
        Backfill two = engine(sink).build();
        Backfill three = engine(sink).build()) {
      List<BackfillRun> runs =
          List.of(
              one.start(whole.everyHost()),
              two.start(whole.everyHost()),
              three.start(whole.everyHost()));

      for (BackfillRun run : runs) {
        assertCompleted(run);
      }
      assertThat(runs).extracting(BackfillRun::id).containsOnly(runs.get(0).id());
    }
    assertThat(listings).hasSize(LISTED_PAGES).doesNotHaveDuplicates();
    assertThat(sink.records).isEqualTo(whole.expected());
    assertThat(sink.events).as("nothing is read twice").hasValue(sink.records.size());
  }

  @Test
  void theListingOfAProcessThatDiedIsTakenOverWhenItsTimeIsOver() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
    BackfillStores ticking = new InMemoryStores(() -> Instant.now().plus(passed.get()));
    BackfillStores watched =
        StoreCalls.watched(
            () -> ticking,
            (method, arguments) -> {
              if (method.equals("holdDiscovery") && asked.getAndIncrement() == 0) {
                ticking
                    .progress()
                    .holdDiscovery((UUID) arguments[0], "who died", Duration.ofMinutes(10));
              }
            });
    try (Backfill backfill = engine(sink).stores(watched).leaseFor(Duration.ofSeconds(1)).build()) {
      BackfillRun run = backfill.start(whole.everyHost());
      until(() -> asked.get() > 3);
      assertThat(listings).isEmpty();
      assertThat(run.progress().state()).isEqualTo(JobState.RUNNING);

      passed.set(Duration.ofMinutes(11));

      assertCompleted(run);
    }
    assertThat(sink.records).isEqualTo(whole.expected());
  }

  @Test
  void whoStopsLeavesTheListingAndItsReposToTheOthersAtOnce() throws Exception {
    try (Backfill first = engine(standingStill()).discoveryWindow(5).build();
        Backfill second = engine(sink).build()) {
      BackfillRun stopped = first.start(whole.everyHost());
      begun.await();
      BackfillRun goesOn = second.start(whole.everyHost());
      assertThat(stores.queue().stats(stopped.id()).count(RepoState.LEASED)).isPositive();
      assertThat(stopped.progress().discoveryDone()).as("something is left to list").isFalse();

      stopped.stop();
      goOn.countDown();
      assertThat(stopped.await(WholeJob.LONG_ENOUGH)).isTrue();

      // No lease ever runs out by a clock that stands still.
      assertCompleted(goesOn);
    }
    assertThat(sink.records).isEqualTo(whole.expected());
    assertThat(sink.events).as("nothing is read twice").hasValue(sink.records.size());
  }

  @Test
  void whoStoodStillForLongerThanItsLeaseChangesNothing() throws Exception {
    CountDownLatch wake = new CountDownLatch(1);
    AtomicInteger asleep = new AtomicInteger();
    BackfillStores slept =
        StoreCalls.watched(
            () -> stores,
            (method, arguments) -> {
              if (begun.getCount() == 0) {
                asleep.incrementAndGet();
                wake.await();
              }
            });
    try (Backfill first = engine(standingStill()).stores(slept).discoveryWindow(5).build();
        Backfill second = engine(sink).build()) {
      BackfillRun stale = first.start(whole.everyHost());
      begun.await();
      until(() -> asleep.get() > 0);
      now.updateAndGet(instant -> instant.plus(Duration.ofHours(1)));
      BackfillRun other = second.start(whole.everyHost());
      assertCompleted(other);
      long counted = stores.progress().find(other.id()).orElseThrow().counts().written();
      assertThat(counted).isEqualTo(sink.records.size());

      wake.countDown();
      goOn.countDown();

      assertCompleted(stale);
      assertThat(whole.outcomes(other.progress())).hasSize(ACCOUNTS);
    }
    assertThat(sink.records).isEqualTo(whole.expected());
    assertThat(listings.stream().distinct()).hasSize(LISTED_PAGES);
  }
}

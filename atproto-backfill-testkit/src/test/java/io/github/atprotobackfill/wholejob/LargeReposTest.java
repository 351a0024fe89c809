package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.fetch.FetchChoice;
import io.github.atprotobackfill.fetch.FetchRequest;
import io.github.atprotobackfill.fetch.FetchTurn;
import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.fetch.RepoReading;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Repos that take many turns once they are here. */
@Timeout(120)
class LargeReposTest {

  @ParameterizedTest
  @EnumSource
  void aLargeRepoThatIsPutDownIsGoneOnWith(KeepingSink.Kind kind) throws Exception {
    try (WholeJob whole =
        new WholeJob(
                SimulatedNetwork.builder()
                    .seed(51)
                    .hosts(1)
                    .accounts(1)
                    .repoSizes(RepoSizes.fixed(30_000))
                    .start())
            .exporting()) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      KeepingSink sink =
          new KeepingSink(kind) {
            @Override
            public WriteCounts writeCounted(List<RecordEvent> events) throws Exception {
              if (puts > 2_000) {
                begun.countDown();
                goOn.await();
              }
              return super.writeCounted(events);
            }
          };
      try (Backfill first = whole.engine(sink).build()) {
        BackfillRun run = first.start(whole.everyHost());
        begun.await();
        run.stop();
        goOn.countDown();
        assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
        assertThat(run.progress().state()).isEqualTo(JobState.RUNNING);
      }
      assertThat(sink.puts).isBetween(2_000, 29_999);

      BackfillProgress ended = whole.run(whole.everyHost(), sink);

      assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
      assertThat(sink.visible()).isEqualTo(whole.expected());
      if (kind == KeepingSink.Kind.TELLS_WHAT_IT_HOLDS) {
        assertThat(sink.puts).as("nothing is given twice").isEqualTo(30_000);
      }
      assertThat(sink.changes).as("nothing is written twice").isEqualTo(30_000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TELLS_WHAT_IT_HOLDS, 40",
    "TELLS_WHAT_IT_HOLDS, 3000",
    "WANTS_SNAPSHOTS, 40",
    "WANTS_SNAPSHOTS, 3000"
  })
  void noMoreReposAreOpenThanMayBeReadAtOnce(KeepingSink.Kind kind, int records) throws Exception {
    int concurrency = 4;
    try (WholeJob whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(52)
                .hosts(3)
                .accounts(records > 1_000 ? 16 : 200)
                .repoSizes(RepoSizes.fixed(records))
                .start())) {
      CountDownLatch never = new CountDownLatch(1);
      KeepingSink slow =
          new KeepingSink(kind) {
            @Override
            public WriteCounts writeCounted(List<RecordEvent> events) throws Exception {
              assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
              return super.writeCounted(events);
            }

            @Override
            public void complete(RepoSnapshot snapshot) throws Exception {
              assertThat(never.await(1, TimeUnit.MILLISECONDS)).isFalse();
              super.complete(snapshot);
            }
          };
      CountingFetcher fetcher = new CountingFetcher(RepoExportFetcher.of(whole.client));
      try (Backfill backfill =
          whole.engine(slow).fetcher(fetcher).concurrency(concurrency).build()) {
        BackfillProgress ended = WholeJob.run(backfill, whole.everyHost());
        assertThat(ended.state()).as(ended.toString()).isEqualTo(JobState.COMPLETED);
      }
      assertThat(slow.visible()).isEqualTo(whole.expected());
      assertThat(fetcher.most.get()).as("open at once").isBetween(1, concurrency);
      assertThat(fetcher.open.get()).as("left open").isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRepoThatWaitsForItsWriterIsPutDownLikeAnyOther(boolean pausing) throws Exception {
    try (WholeJob whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(54)
                .hosts(1)
                .accounts(2)
                .repoSizes(RepoSizes.fixed(25_000))
                .start())) {
      CountDownLatch goOn = new CountDownLatch(1);
      KeepingSink sink =
          new KeepingSink(KeepingSink.Kind.TELLS_WHAT_IT_HOLDS) {
            @Override
            public WriteCounts writeCounted(List<RecordEvent> events) throws Exception {
              goOn.await();
              return super.writeCounted(events);
            }
          };
      CountingFetcher fetcher = new CountingFetcher(RepoExportFetcher.of(whole.client));
      // One writer that stands still, and one repo that may be under way: it comes to hold.
      try (Backfill backfill =
          whole.engine(sink).fetcher(fetcher).concurrency(1).writers(1).build()) {
        BackfillRun run = backfill.start(whole.everyHost());
        until(() -> fetcher.pages.get() == 20);
        if (pausing) {
          run.pause();
        } else {
          run.cancel();
        }
        goOn.countDown();
        until(() -> whole.stores.queue().stats(run.id()).count(RepoState.LEASED) == 0);
        assertThat(fetcher.pages.get()).as("no page more").isEqualTo(20);
        if (pausing) {
          assertThat(run.progress().state()).isEqualTo(JobState.PAUSED);
          run.resume();
        }
        assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
        assertThat(run.progress().state())
            .isEqualTo(pausing ? JobState.COMPLETED : JobState.CANCELLED);
      }
      assertThat(fetcher.open.get()).as("left open").isZero();
      if (pausing) {
        assertThat(sink.visible()).isEqualTo(whole.expected());
        assertThat(sink.puts).as("nothing is given twice").isEqualTo(50_000);
      }
    }
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

  /** Counts the repos that are at hand, and the pages with records. */
  private static final class CountingFetcher implements RecordFetcher {

    private final RecordFetcher fetcher;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger pages = new AtomicInteger();

    CountingFetcher(RecordFetcher fetcher) {
      this.fetcher = fetcher;
    }

    @Override
    public FetchChoice choice(FetchRequest request) {
      return fetcher.choice(request);
    }

    @Override
    public RepoReading open(FetchRequest request, FetchChoice choice) {
      RepoReading reading = fetcher.open(request, choice);
      return new RepoReading() {
        private boolean here;

        @Override
        public FetchTurn turn() throws InterruptedException {
          FetchTurn turn = reading.turn();
          if (turn instanceof FetchTurn.Page page && !page.events().isEmpty()) {
            pages.incrementAndGet();
          }
          if (!here && reading.atHand()) {
            here = true;
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
          }
          return turn;
        }

        @Override
        public Nsid method() {
          return reading.method();
        }

        @Override
        public boolean atHand() {
          return reading.atHand();
        }

        @Override
        public void close() {
          if (here) {
            here = false;
            open.decrementAndGet();
          }
          reading.close();
        }
      };
    }
  }

  @Test
  void twoEnginesShareReposThatComeWhole() throws Exception {
    try (WholeJob whole =
        new WholeJob(
                SimulatedNetwork.builder()
                    .seed(53)
                    .hosts(3)
                    .accounts(150)
                    .repoSizes(RepoSizes.zipf(6_000, 0.9))
                    .start())
            .exporting()) {
      KeepingSink sink = new KeepingSink(KeepingSink.Kind.TELLS_WHAT_IT_HOLDS);
      try (Backfill one = whole.engine(sink).build();
          Backfill other = whole.engine(sink).build()) {
        BackfillRun first = one.start(whole.collections(NOTE));
        BackfillRun second = other.start(whole.collections(NOTE));
        assertThat(first.await(WholeJob.LONG_ENOUGH)).isTrue();
        assertThat(second.await(WholeJob.LONG_ENOUGH)).isTrue();
        assertThat(first.progress().state()).isEqualTo(JobState.COMPLETED);
        assertThat(second.progress().state()).isEqualTo(JobState.COMPLETED);
      }
      assertThat(sink.visible()).isEqualTo(whole.expected(NOTE));
      assertThat(sink.puts).as("nothing is given twice").isEqualTo(sink.visible().size());
    }
  }
}

package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static io.github.atprotobackfill.wholejob.WholeJob.POST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJobs;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LifecycleTest {

  private WholeJob whole;
  private final MemorySink sink = new MemorySink();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(6)
                .hosts(3)
                .accounts(80)
                .repoSizes(RepoSizes.uniform(50, 400))
                .start());
  }

  @AfterEach
  void close() {
    goOn.countDown();
    whole.close();
  }

  /** Stands still in the middle of its first batch until it may go on. */
  private RecordSink standingStill() {
    return batch -> {
      begun.countDown();
      goOn.await();
      sink.write(batch);
    };
  }

  @Test
  void aPausedJobRestsAndThenGoesOnToTheSameEnd() throws Exception {
    try (Backfill backfill = whole.engine(standingStill()).build()) {
      BackfillRun run = backfill.start(whole.collections(NOTE, POST));
      begun.await();
      run.pause();
      goOn.countDown();
      until(() -> leased(run) == 0);

      assertThat(run.progress().state()).isEqualTo(JobState.PAUSED);
      long atRest = sink.events.get();
      assertThat(atRest).isPositive().isLessThan(whole.expected(NOTE, POST).size());

      run.resume();
      assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(run.progress().state()).isEqualTo(JobState.COMPLETED);
      assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
      assertThat(sink.events).as("no page was written twice").hasValue(sink.records.size());
    }
  }

  @Test
  void aCancelledJobEndsWithinAPageAndNeverCompletes() throws Exception {
    try (Backfill backfill = whole.engine(standingStill()).build()) {
      BackfillRun run = backfill.start(whole.collections(NOTE, POST));
      begun.await();
      run.cancel();
      goOn.countDown();

      assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(run.progress().state()).isEqualTo(JobState.CANCELLED);
      assertThat(leased(run)).isZero();
      assertThat(sink.records.size()).isLessThan(whole.expected(NOTE, POST).size());
      assertThat(whole.stores.progress().move(run.id(), JobState.CANCELLED, JobState.COMPLETED, ""))
          .isFalse();
    }
  }

  @Test
  void anotherProcessMayPauseResumeAndCancel() throws Exception {
    BackfillJobs elsewhere = new BackfillJobs(whole.stores);
    try (Backfill backfill = whole.engine(standingStill()).build()) {
      BackfillRun run = backfill.start(whole.collections(NOTE, POST));
      begun.await();
      assertThat(elsewhere.pause(run.id())).isTrue();
      until(() -> run.progress().state() == JobState.PAUSED);
      goOn.countDown();
      until(() -> leased(run) == 0);
      assertThat(elsewhere.resume(run.id())).isTrue();
      until(() -> run.progress().state() != JobState.PAUSED);
      elsewhere.cancel(run.id());

      assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(run.progress().state()).isIn(JobState.CANCELLED, JobState.COMPLETED);
    }
  }

  @Test
  void aStoppedJobIsGoneOnWithByTheNextEngineFromItsCheckpoints() throws Exception {
    try (Backfill first = whole.engine(standingStill()).build()) {
      BackfillRun run = first.start(whole.collections(NOTE, POST));
      begun.await();
      run.stop();
      goOn.countDown();
      assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(run.progress().state()).isEqualTo(JobState.RUNNING);
      assertThat(leased(run)).isZero();
    }
    long before = sink.events.get();

    BackfillProgress ended = whole.run(whole.collections(NOTE, POST), sink);

    assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
    assertThat(before).isPositive();
    assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
    assertThat(sink.events).as("no page was written twice").hasValue(sink.records.size());
    assertThat(whole.stores.progress().list(10)).as("one job").hasSize(1);
  }

  @Test
  void anEqualJobIsJoinedNotStartedTwice() throws Exception {
    try (Backfill backfill = whole.engine(standingStill()).build()) {
      BackfillRun one = backfill.start(whole.collections(NOTE, POST));
      BackfillRun other = backfill.start(whole.collections(POST, NOTE));
      assertThat(other).isSameAs(one);
      goOn.countDown();
      assertThat(one.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(sink.events).hasValue(sink.records.size());
    }
  }

  @Test
  void closingTheEngineLeavesNoThread() throws Exception {
    try (Backfill backfill = whole.engine(sink).build()) {
      WholeJob.run(backfill, whole.collections(NOTE));
    }
    until(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("backfill-")));
  }

  private long leased(BackfillRun run) {
    return whole.stores.queue().stats(run.id()).count(RepoState.LEASED);
  }

  private static void until(BooleanSupplier condition) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
          }
        });
  }
}

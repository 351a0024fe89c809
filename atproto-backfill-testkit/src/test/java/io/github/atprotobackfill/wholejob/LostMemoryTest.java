package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillListener;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store that lost its memory is filled again, and that is said. */
class LostMemoryTest {

  private static final int ACCOUNTS = 60;

  /** What is gone. */
  enum Loss {
    EVERYTHING(ForgetfulStores::forgetEverything, "the job itself"),
    PROGRESS(ForgetfulStores::forgetProgress, "the job itself"),
    THE_QUEUE(ForgetfulStores::forgetQueue, "60 of 60 repos of the queue"),
    THE_LAST_QUEUED(stores -> stores.forgetLastQueued(25), "25 of 60 repos of the queue"),
    THE_LAST_ONE(stores -> stores.forgetLastQueued(1), "1 of 60 repos of the queue");

    final Consumer<ForgetfulStores> happens;
    final String inWords;

    Loss(Consumer<ForgetfulStores> happens, String inWords) {
      this.happens = happens;
      this.inWords = inWords;
    }
  }

  private final ForgetfulStores stores = new ForgetfulStores();
  private final MemorySink sink = new MemorySink();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final List<String> said = new CopyOnWriteArrayList<>();
  private WholeJob whole;

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(23)
                .hosts(4)
                .accounts(ACCOUNTS)
                .repoSizes(RepoSizes.uniform(20, 200))
                .start(),
            stores.open());
  }

  @AfterEach
  void close() {
    goOn.countDown();
    whole.close();
  }

  private RecordSink standingStill() {
    return batch -> {
      begun.countDown();
      goOn.await();
      sink.write(batch);
    };
  }

  private BackfillBuilder engine(RecordSink into) {
    return whole
        .engine(into)
        .listener(
            new BackfillListener() {
              @Override
              public void storeLostMemory(UUID job, String lost) {
                said.add(lost);
              }
            });
  }

  /** Lists everything and reads what it may while nothing is written yet. */
  private BackfillRun listed(Backfill backfill) throws InterruptedException {
    BackfillRun run = backfill.start(whole.everyHost());
    begun.await();
    until(() -> run.progress().discoveryDone() && stores.queued() == ACCOUNTS);
    return run;
  }

  private void assertAllIsThere(BackfillRun run) throws InterruptedException {
    assertThat(run.await(WholeJob.LONG_ENOUGH)).as("the job ends: %s", run.progress()).isTrue();
    BackfillProgress ended = run.completion().toCompletableFuture().join();
    assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
    assertThat(ended.repos()).isEqualTo(new BackfillProgress.Repos(ACCOUNTS, ACCOUNTS, 0, 0, 0));
    assertThat(whole.outcomes(ended)).hasSize(ACCOUNTS);
    assertThat(sink.records).isEqualTo(whole.expected());
    Job stored = whole.stores.progress().find(run.id()).orElseThrow();
    assertThat(stored.state()).isEqualTo(JobState.COMPLETED);
    assertThat(stored.counts()).isEqualTo(ended.counts());
    // What was given to the sink once more, because its count could not be stored, counts once.
    assertThat(stored.counts().written())
        .isBetween((long) whole.expected().size(), sink.events.get());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsLostWhileAJobRunsIsListedAgain(Loss loss) throws Exception {
    try (Backfill backfill = engine(standingStill()).build()) {
      BackfillRun run = listed(backfill);
      Job before = whole.stores.progress().find(run.id()).orElseThrow();

      loss.happens.accept(stores);
      goOn.countDown();

      assertAllIsThere(run);
      assertThat(said).contains(loss.inWords);
      assertThat(whole.stores.progress().find(run.id()).orElseThrow())
          .returns(before.spec(), Job::spec)
          .returns(before.createdAt(), Job::createdAt)
          .returns(before.startedAt(), Job::startedAt);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatTwoProcessesLoseTheyListAgainBetweenThem(Loss loss) throws Exception {
    try (Backfill one = engine(standingStill()).build();
        Backfill other = engine(standingStill()).build()) {
      BackfillRun first = listed(one);
      BackfillRun second = other.start(whole.everyHost());
      until(() -> second.progress().discoveryDone());

      loss.happens.accept(stores);
      goOn.countDown();

      assertThat(first.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(second.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(List.of(first.progress().state(), second.progress().state()))
          .containsOnly(JobState.COMPLETED);
      assertThat(said).contains(loss.inWords);
      assertThat(sink.records).isEqualTo(whole.expected());
      assertThat(whole.stores.queue().stats(first.id()).count(RepoState.DONE)).isEqualTo(ACCOUNTS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"THE_QUEUE", "THE_LAST_QUEUED", "THE_LAST_ONE"})
  void whatIsLostWhileNobodyRunsIsFoundAtTheStart(Loss loss) throws Exception {
    try (Backfill backfill = engine(standingStill()).build()) {
      BackfillRun run = listed(backfill);
      run.stop();
      goOn.countDown();
      assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(run.progress().state()).isEqualTo(JobState.RUNNING);
    }
    loss.happens.accept(stores);

    try (Backfill next = engine(sink).build()) {
      assertAllIsThere(next.start(whole.everyHost()));
      assertThat(said).containsExactly(loss.inWords);
    }
  }

  @Test
  void whatWasReadBeforeTheLossIsNotReadAgain() throws Exception {
    try (Backfill backfill = engine(sink).build()) {
      WholeJob.run(backfill, whole.everyHost());
    }
    long readOnce = sink.events.get();
    try (Backfill backfill = engine(standingStillAfter(readOnce)).build()) {
      stores.forgetQueue();
      assertThat(WholeJob.run(backfill, whole.everyHost()).state()).isEqualTo(JobState.COMPLETED);
    }
    assertThat(sink.events).hasValue(readOnce);
  }

  private RecordSink standingStillAfter(long events) {
    return batch -> {
      assertThat(sink.events).as("read again: %s", batch).hasValueLessThan(events);
      sink.write(batch);
    };
  }

  @Test
  void aJobWhoseEqualWasOpenedSinceIsLeftToThat() throws Exception {
    try (Backfill backfill = engine(standingStill()).build()) {
      BackfillRun run = listed(backfill);
      Job lost = whole.stores.progress().find(run.id()).orElseThrow();
      Job[] since = new Job[1];
      stores.replaceProgress(empty -> since[0] = empty.open(lost.spec()));
      goOn.countDown();

      assertThatThrownBy(() -> run.completion().toCompletableFuture().join())
          .isInstanceOf(CompletionException.class)
          .rootCause()
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("an equal job was opened since");
      assertThat(whole.stores.progress().find(lost.id())).isEmpty();
      assertThat(since[0].id()).isNotEqualTo(lost.id());
    }
  }

  @Test
  void aRetryOfWhatTheQueueHasLostIsNotCompleted() throws Exception {
    whole.network.host(0).order(Fault.status(500));
    UUID failed;
    try (Backfill backfill = engine(sink).build()) {
      BackfillProgress ended = WholeJob.run(backfill, whole.everyHost());
      assertThat(ended.state()).isEqualTo(JobState.INCOMPLETE);
      failed = ended.job();
    }
    stores.forgetQueue();

    try (Backfill backfill = engine(sink).build()) {
      BackfillProgress retried = WholeJob.run(backfill, new BackfillJob.Retry(failed, Set.of()));

      assertThat(retried.state()).isEqualTo(JobState.INCOMPLETE);
      assertThat(retried.reason().orElseThrow())
          .contains("the queue has lost")
          .contains("start that job again");
    }
  }
}

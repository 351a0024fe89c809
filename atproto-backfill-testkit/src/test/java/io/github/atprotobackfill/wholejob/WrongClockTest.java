package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static io.github.atprotobackfill.wholejob.WholeJob.POST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process whose clock is an hour wrong does no harm to the others. */
class WrongClockTest {

  private final MemorySink sink = new MemorySink();
  private final List<AccountEvent> told = new CopyOnWriteArrayList<>();
  private WholeJob whole;

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(31)
                .hosts(3)
                .accounts(60)
                .repoSizes(RepoSizes.uniform(10, 100))
                .start());
  }

  @AfterEach
  void close() {
    whole.close();
  }

  /** Keeps what is told of accounts, too. */
  private RecordSink listening() {
    return new RecordSink() {
      @Override
      public void write(List<RecordEvent> batch) {
        sink.write(batch);
      }

      @Override
      public void account(AccountEvent event) {
        told.add(event);
      }
    };
  }

  private BackfillBuilder wrongBy(Duration wrong) {
    InstantSource clock = () -> Instant.now().plus(wrong);
    return whole.engine(listening()).clock(clock).keepHistory(Duration.ofMinutes(30));
  }

  @ParameterizedTest
  @ValueSource(ints = {-60, 60})
  void whatAnotherEndedJustNowIsNotForgotten(int minutes) throws Exception {
    BackfillProgress fresh = whole.run(whole.collections(NOTE), sink);

    try (Backfill backfill = wrongBy(Duration.ofMinutes(minutes)).build()) {
      WholeJob.run(backfill, whole.collections(POST));
    }

    assertThat(whole.stores.progress().find(fresh.job())).isPresent();
  }

  /** The stores' clock is an hour ahead of this process's, as another's would be that is slow. */
  @Test
  void whatWasWrittenJustNowIsNotOfTheFutureToASlowProcess() throws Exception {
    whole.network.hosts().forEach(host -> host.order(Fault.futureRev(Duration.ofMinutes(50))));
    InstantSource stores = () -> Instant.now().plus(Duration.ofHours(1));

    try (Backfill backfill =
        whole.exporting().engine(sink).stores(new InMemoryStores(stores)).build()) {
      BackfillProgress ended = WholeJob.run(backfill, whole.collections(NOTE, POST));

      assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
      assertThat(ended.counts().errors()).isEmpty();
    }
    assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
  }

  @ParameterizedTest
  @ValueSource(ints = {-60, 60})
  void twoShareAJobThoughOneIsWrong(int minutes) throws Exception {
    try (Backfill wrong = wrongBy(Duration.ofMinutes(minutes)).build();
        Backfill right = whole.engine(sink).build()) {
      BackfillRun first = wrong.start(whole.collections(NOTE, POST));
      BackfillRun second = right.start(whole.collections(NOTE, POST));

      assertThat(first.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(second.await(WholeJob.LONG_ENOUGH)).isTrue();
      assertThat(List.of(first.progress().state(), second.progress().state()))
          .containsOnly(JobState.COMPLETED);
    }
    assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
    assertThat(sink.events).hasValue(sink.records.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {-60, 60})
  void whatIsSeenLaterOfAnAccountIsToldAsLater(int minutes) throws Exception {
    Did did = whole.network.accounts(AccountStatus.ACTIVE).findFirst().orElseThrow().did();
    Duration first = Duration.ofMinutes(minutes);
    List<AccountStatus> turns =
        List.of(AccountStatus.DEACTIVATED, AccountStatus.ACTIVE, AccountStatus.DEACTIVATED);
    for (int i = 0; i < turns.size(); i++) {
      whole.network.setStatus(did, turns.get(i));
      Duration wrong = i == 0 ? first : Duration.ZERO;
      try (Backfill backfill = wrongBy(wrong).skipUnchanged(false).build()) {
        WholeJob.run(backfill, whole.everyHost());
      }
    }

    assertThat(told.stream().filter(event -> event.did().equals(did)).map(AccountEvent::active))
        .containsExactly(false, true, false);
    assertThat(told.stream().filter(event -> event.did().equals(did)).map(AccountEvent::at))
        .isSorted()
        .doesNotHaveDuplicates();
  }
}

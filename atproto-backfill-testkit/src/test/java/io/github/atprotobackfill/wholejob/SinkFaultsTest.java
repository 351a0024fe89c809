package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SinkFaultsTest {

  private WholeJob whole;
  private final MemorySink sink = new MemorySink();

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(7)
                .hosts(2)
                .accounts(30)
                .repoSizes(RepoSizes.uniform(1, 300))
                .start());
  }

  @AfterEach
  void close() {
    whole.close();
  }

  @Test
  void aSinkThatThrowsOnceLosesNothing() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    RecordSink throwingOnce =
        batch -> {
          if (calls.getAndIncrement() == 1) {
            throw new IOException("once");
          }
          sink.write(batch);
        };

    BackfillProgress ended = whole.run(whole.collections(NOTE), throwingOnce);

    assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
    assertThat(sink.records).isEqualTo(whole.expected(NOTE));
  }

  @Test
  void aRecordThatTheSinkRefusesIsNamedAndAllOthersArrive() throws Exception {
    AtUri poison = whole.expected(NOTE).keySet().iterator().next();
    RecordSink refusingOne =
        batch -> {
          if (batch.stream().anyMatch(event -> event.uri().equals(poison))) {
            throw new IllegalArgumentException("I do not like it");
          }
          sink.write(batch);
        };

    BackfillProgress ended = whole.run(whole.collections(NOTE), refusingOne);

    assertThat(ended.state()).isEqualTo(JobState.INCOMPLETE);
    assertThat(ended.repos().failed()).isEqualTo(1);
    RepoEntry failed = whole.outcomes(ended).get(poison.did());
    assertThat(failed.failure().kind()).isEqualTo(ErrorKind.SINK);
    assertThat(failed.failure().message()).contains(poison.toString(), "I do not like it");
    assertThat(sink.records.keySet()).doesNotContain(poison);
    assertThat(sink.records).hasSize(whole.expected(NOTE).size() - 1);

    try (Backfill backfill = whole.engine(sink).build()) {
      BackfillProgress retried = WholeJob.run(backfill, backfill.jobs().retryOf(ended.job()));
      assertThat(retried.state()).isEqualTo(JobState.COMPLETED);
      assertThat(retried.repos().discovered()).as("just the one").isEqualTo(1);
    }
    assertThat(sink.records).isEqualTo(whole.expected(NOTE));
  }

  @Test
  void aSinkThatAlwaysThrowsFailsTheJobAndLosesNoRepo() throws Exception {
    RecordSink broken =
        batch -> {
          throw new IOException("disk full");
        };
    BackfillProgress ended;
    try (Backfill backfill = whole.engine(broken).storePatience(Duration.ofMillis(300)).build()) {
      ended = WholeJob.run(backfill, whole.collections(NOTE));
    }
    assertThat(ended.state()).isEqualTo(JobState.FAILED);
    assertThat(ended.reason().orElseThrow()).contains("disk full");
    assertThat(ended.repos().done()).isZero();

    BackfillProgress again = whole.run(whole.collections(NOTE), sink);
    assertThat(again.state()).isEqualTo(JobState.COMPLETED);
    assertThat(sink.records).isEqualTo(whole.expected(NOTE));
  }

  @Test
  void aListenerThatThrowsHarmsNothing() throws Exception {
    try (Backfill backfill =
        whole
            .engine(sink)
            .listener(
                new io.github.atprotobackfill.BackfillListener() {
                  @Override
                  public void written(long written, long unchanged, long deleted) {
                    throw new IllegalStateException("mine");
                  }
                })
            .build()) {
      BackfillProgress ended = WholeJob.run(backfill, whole.collections(NOTE));
      assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
    }
    assertThat(sink.records).isEqualTo(whole.expected(NOTE));
    assertThat(List.copyOf(sink.records.keySet())).isNotEmpty();
  }
}

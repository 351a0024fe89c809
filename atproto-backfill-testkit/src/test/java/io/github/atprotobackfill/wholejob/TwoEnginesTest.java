package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static io.github.atprotobackfill.wholejob.WholeJob.POST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import org.junit.jupiter.api.Test;

class TwoEnginesTest {

  @Test
  void twoEnginesOnTheSameStoresShareAJobAndWriteNothingTwice() throws Exception {
    try (WholeJob whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(11)
                .hosts(3)
                .accounts(200)
                .repoSizes(RepoSizes.zipf(500, 0.9))
                .start())) {
      MemorySink sink = new MemorySink();
      try (Backfill one = whole.engine(sink).build();
          Backfill other = whole.engine(sink).build()) {
        BackfillRun first = one.start(whole.collections(NOTE, POST));
        BackfillRun second = other.start(whole.collections(NOTE, POST));

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(first.await(WholeJob.LONG_ENOUGH)).isTrue();
        assertThat(second.await(WholeJob.LONG_ENOUGH)).isTrue();
        assertThat(first.progress().state()).isEqualTo(JobState.COMPLETED);
        assertThat(second.progress().state()).isEqualTo(JobState.COMPLETED);
      }
      assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
      assertThat(sink.events).hasValue(sink.records.size());
    }
  }
}

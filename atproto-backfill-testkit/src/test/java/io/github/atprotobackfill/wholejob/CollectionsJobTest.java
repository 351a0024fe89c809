package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static io.github.atprotobackfill.wholejob.WholeJob.POST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.network.ExpectedOutcome;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CollectionsJobTest {

  @Test
  void everyRecordOfEveryActiveRepoArrivesOnce() throws Exception {
    try (WholeJob whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(1)
                .hosts(3)
                .accounts(60)
                .repoSizes(RepoSizes.zipf(400, 1.1))
                .start())) {
      MemorySink sink = new MemorySink();

      BackfillProgress ended = whole.run(whole.collections(NOTE, POST), sink);

      assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
      assertThat(sink.events).hasValue(sink.records.size());
      assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
      assertThat(ended.repos().done()).isEqualTo(ended.repos().discovered());
      assertThat(ended.counts().seen()).isEqualTo(sink.records.size());
      assertThat(ended.counts().requests()).isGreaterThan(60);
    }
  }

  @Test
  void whatBecameOfEveryOtherRepoIsSaid() throws Exception {
    try (WholeJob whole =
        new WholeJob(
            SimulatedNetwork.builder().seed(2).hosts(3).accountsOfEveryStatus(4).start())) {
      MemorySink sink = new MemorySink();

      BackfillProgress ended = whole.run(whole.collections(NOTE, POST), sink);

      assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
      Map<Did, RepoEntry> outcomes = whole.outcomes(ended);
      whole
          .network
          .accounts()
          .filter(account -> outcomes.containsKey(account.did()))
          .forEach(
              account ->
                  assertThat(outcomes.get(account.did()).state())
                      .as("%s %s", account.status(), outcomes.get(account.did()))
                      .isEqualTo(end(whole.network.expectedOutcome(account.did()))));
      assertThat(ended.state()).as(ended.toString()).isEqualTo(JobState.INCOMPLETE);
      assertThat(ended.counts().errors())
          .containsKeys(ErrorKind.NO_PDS, ErrorKind.DID_NOT_FOUND, ErrorKind.DID_TOMBSTONED);
    }
  }

  @Test
  void theHostsTellTheSameAsTheRelay() throws Exception {
    try (WholeJob whole =
        new WholeJob(
            SimulatedNetwork.builder().seed(3).hosts(4).accountsOfEveryStatus(3).start())) {
      MemorySink sink = new MemorySink();

      whole.run(whole.everyHost(), sink);

      assertThat(sink.records).isEqualTo(whole.expected());
    }
  }

  @Test
  void anUnchangedRerunReadsNothing() throws Exception {
    try (WholeJob whole =
        new WholeJob(SimulatedNetwork.builder().seed(4).hosts(2).accounts(40).start())) {
      MemorySink sink = new MemorySink();
      whole.run(whole.collections(NOTE), sink);
      long before = sink.events.get();
      whole.network.hosts().forEach(host -> host.resetCounters());
      whole.network.directory().resetCounters();

      BackfillProgress again = whole.run(whole.collections(NOTE), sink);

      assertThat(again.state()).isEqualTo(JobState.COMPLETED);
      assertThat(sink.events).hasValue(before);
      long asked = whole.network.hosts().stream().mapToLong(host -> host.requests()).sum();
      assertThat(asked).as("one request a repo").isEqualTo(again.repos().discovered());
      assertThat(whole.network.directory().requests()).isZero();
    }
  }

  @Test
  void anUnchangedRerunOfHostsThatTellTheRevAsksForNoRepo() throws Exception {
    try (WholeJob whole =
        new WholeJob(SimulatedNetwork.builder().seed(5).hosts(2).accounts(40).start())) {
      MemorySink sink = new MemorySink();
      whole.run(whole.everyHost(), sink);
      whole.network.hosts().forEach(host -> host.resetCounters());

      BackfillProgress again = whole.run(whole.everyHost(), sink);

      assertThat(again.state()).isEqualTo(JobState.COMPLETED);
      assertThat(again.repos().done()).isEqualTo(40);
      whole
          .network
          .hosts()
          .forEach(
              host ->
                  assertThat(host.requestsByMethod().keySet())
                      .containsExactly("com.atproto.sync.listRepos"));
    }
  }

  private static RepoState end(ExpectedOutcome outcome) {
    return switch (outcome) {
      case READABLE -> RepoState.DONE;
      case UNAVAILABLE -> RepoState.UNAVAILABLE;
      case GONE -> RepoState.GONE;
      case UNRESOLVABLE -> RepoState.FAILED;
    };
  }
}

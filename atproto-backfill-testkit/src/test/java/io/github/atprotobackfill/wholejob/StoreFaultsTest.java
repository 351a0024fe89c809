package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores without a transaction over all of them, one of which is away for a moment. */
class StoreFaultsTest {

  /**
   * What comes behind the leases' end is not lost with them: nobody else would store it. The
   * records count as written once, and the repos as held.
   */
  @ParameterizedTest
  @ValueSource(strings = {"apply", "save", "addCounts"})
  void whatFailsWithinABatchIsMadeUpFor(String method) throws Exception {
    InMemoryStores kept = new InMemoryStores();
    Set<String> failed = ConcurrentHashMap.newKeySet();
    SimulatedNetwork network =
        SimulatedNetwork.builder()
            .seed(7)
            .hosts(2)
            .accounts(30)
            .repoSizes(RepoSizes.uniform(1, 300))
            .start();
    MemorySink sink = new MemorySink();
    try (WholeJob whole =
        new WholeJob(
            network,
            StoreCalls.watched(
                () -> kept,
                (called, arguments) -> {
                  if (called.equals(method)
                      && isOfABatch(arguments[arguments.length - 1])
                      && failed.add(method)) {
                    throw new StoreException("away for a moment", null);
                  }
                }))) {
      BackfillProgress ended = whole.run(whole.collections(NOTE), sink);

      assertThat(failed).containsExactly(method);
      assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
      assertThat(sink.records).isEqualTo(whole.expected(NOTE));
      assertThat(ended.counts().written()).isEqualTo(whole.expected(NOTE).size());
      assertThat(kept.progress().find(ended.job()).orElseThrow().counts().written())
          .isEqualTo(whole.expected(NOTE).size());
      assertThat(kept.states().find(whole.outcomes(ended).keySet())).hasSize(30);
    }
  }

  /** A store that stays away is no record's fault: none is taken for what is wrong with a batch. */
  @Test
  void whatStaysAwayBehindTheLeasesEndIsNotBlamedOnTheSink() throws Exception {
    InMemoryStores kept = new InMemoryStores();
    List<AtUri> given = Collections.synchronizedList(new ArrayList<>());
    RecordSink sink = batch -> batch.forEach(event -> given.add(event.uri()));
    try (WholeJob whole =
            new WholeJob(
                SimulatedNetwork.builder().seed(7).hosts(1).accounts(5).start(),
                StoreCalls.watched(
                    () -> kept,
                    (called, arguments) -> {
                      if (called.equals("save")) {
                        throw new StoreException("away for good", null);
                      }
                    }));
        Backfill backfill = whole.engine(sink).storePatience(Duration.ofMillis(200)).build()) {
      BackfillRun run = backfill.start(whole.collections(NOTE));

      assertThat(run.completion().toCompletableFuture())
          .failsWithin(WholeJob.LONG_ENOUGH)
          .withThrowableThat()
          .withMessageContaining("away for good");
      assertThat(given).isNotEmpty().doesNotHaveDuplicates();
    }
  }

  /** Counts are also stored apart from batches, when nothing was written. */
  private static boolean isOfABatch(Object last) {
    return !(last instanceof JobCounts counts) || counts.written() > 0;
  }
}

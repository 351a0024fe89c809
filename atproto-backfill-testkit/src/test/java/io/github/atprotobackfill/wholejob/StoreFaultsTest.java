package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  /** Counts are also stored apart from batches, when nothing was written. */
  private static boolean isOfABatch(Object last) {
    return !(last instanceof JobCounts counts) || counts.written() > 0;
  }
}

package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static io.github.atprotobackfill.wholejob.WholeJob.POST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.fetch.AdaptiveFetcher;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.SharedBudget;
import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Engines behind one address, at a host that refuses what is over its limit. */
class SharedBudgetJobTest {

  private static final int ENGINES = 3;
  private static final int SECONDS = 3;

  private static final HostPolicy POLICY = new HostPolicy(4, 40, 4);
  private static final HostPolicy UNLIMITED =
      new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

  /** What all may send in a window: what is kept of a second before, and what is under way, too. */
  private static final int LIMIT = 4 + 40 * (SECONDS + 1) + ENGINES * 4;

  @Test
  void severalEnginesTogetherKeepToAHostsLimit() throws Exception {
    AtomicInteger draws = new AtomicInteger();
    AtomicInteger granted = new AtomicInteger();
    try (WholeJob whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(23)
                .hosts(1)
                .accounts(260)
                .repoSizes(RepoSizes.zipf(50, 0.9))
                .start())) {
      SimulatedHost host = whole.network.host(0);
      host.order(Fault.rateLimit(LIMIT, Duration.ofSeconds(SECONDS)));
      SharedBudget stored = whole.stores.sharedBudget().orElseThrow();
      SharedBudget counted =
          wanted -> {
            Drawn drawn = stored.draw(wanted);
            if (wanted.host().equals(host.url())) {
              draws.incrementAndGet();
              granted.addAndGet(drawn.granted());
            }
            return drawn;
          };
      MemorySink sink = new MemorySink();
      List<AutoCloseable> open = new ArrayList<>();
      List<BackfillRun> runs = new ArrayList<>();
      for (int i = 0; i < ENGINES; i++) {
        XrpcClient client = client(host, counted);
        Backfill engine =
            whole
                .engine(sink)
                .client(client)
                .fetcher(new AdaptiveFetcher(client))
                .resolver(DidResolvers.uncached(client, whole.network.directory().url()))
                .build();
        open.add(0, client);
        open.add(0, engine);
        runs.add(engine.start(whole.collections(NOTE, POST)));
      }

      for (BackfillRun run : runs) {
        assertThat(run.await(WholeJob.LONG_ENOUGH)).isTrue();
        assertThat(run.progress().state()).isEqualTo(JobState.COMPLETED);
      }
      for (AutoCloseable each : open) {
        each.close();
      }
      assertThat(host.requests()).as("enough to be over it").isGreaterThan(LIMIT);
      assertThat(host.requestsOverLimit()).isZero();
      assertThat(host.requests())
          .as("no request that was not granted")
          .isLessThanOrEqualTo(granted.get());
      assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
      assertThat(draws.get())
          .as("calls to the store for %s requests", host.requests())
          .isLessThanOrEqualTo((int) host.requests());
    }
  }

  private static XrpcClient client(SimulatedHost limited, SharedBudget shared) {
    return XrpcClient.builder()
        .allowPrivateHosts(true)
        .hostPolicy(host -> host.equals(limited.url()) ? POLICY : UNLIMITED)
        .sharedBudget(shared)
        .build();
  }
}

package io.github.atprotobackfill.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.ExpectedRecord;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Your sink against a whole network: relay, directory, hosts and their faults, in this process. */
final class TestYourSinkWithSimulatedNetworkTest {

  private static final String NOTE = "com.example.note";

  private final Map<AtUri, Cid> held = new ConcurrentHashMap<>();

  /** Put your own here. */
  private final RecordSink yourSink =
      events -> events.forEach(event -> held.put(event.uri(), ((RecordPut) event).cid()));

  @Test
  void getsEveryRecordInSpiteOfAHostThatDropsConnections() throws InterruptedException {
    try (SimulatedNetwork network = SimulatedNetwork.builder().hosts(3).accounts(30).start();
        XrpcClient client = XrpcClient.builder().allowPrivateHosts(true).build()) {
      network.host(0).order(Fault.reset().withProbability(0.05));

      try (Backfill backfill =
          Backfill.builder()
              .client(client)
              .resolver(DidResolvers.standard(client, network.directory().url()))
              .retryAfter(Duration.ofMillis(50), Duration.ofSeconds(1))
              .sink(yourSink)
              .build()) {
        BackfillRun run =
            backfill.start(
                new BackfillJob.Collections(
                    List.of(network.relay().url()), Set.of(Nsid.parse(NOTE)), false));

        assertThat(run.await(Duration.ofMinutes(1))).isTrue();
        assertThat(run.progress().state()).isEqualTo(JobState.COMPLETED);
      }
      assertThat(held)
          .isEqualTo(
              network
                  .expectedRecords(NOTE)
                  .collect(Collectors.toMap(ExpectedRecord::uri, ExpectedRecord::cid)));
    }
  }
}

package io.github.atprotobackfill.testkit.network;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The example of the package's documentation, run. */
class OwnSinkExampleTest {

  @Test
  void mySinkHoldsWhatTheNetworkHolds() throws Exception {
    MySink sink = new MySink();
    try (SimulatedNetwork network =
            SimulatedNetwork.builder()
                .seed(1)
                .hosts(3)
                .accounts(30)
                .accountsOfEveryStatus(1)
                .start();
        XrpcClient client =
            XrpcClient.builder()
                .allowPrivateHosts(true)
                .hostPolicy(host -> HostPolicy.DEFAULT.withRequestsPerSecond(1000))
                .build();
        Backfill backfill =
            Backfill.builder()
                .sink(sink)
                .client(client)
                .resolver(DidResolvers.standard(client, network.directory().url()))
                .build()) {
      network.host(0).order(Fault.status(503).withProbability(0.05));
      network.host(1).order(Fault.reset().next(2));

      BackfillRun run =
          backfill.start(
              new BackfillJob.Collections(
                  List.of(network.relay().url()), Set.of(Nsid.parse("com.example.note")), false));
      assertTrue(run.await(Duration.ofMinutes(1)));

      assertEquals(
          network.expectedRecords("com.example.note").collect(toMap(r -> r.uri(), r -> r.cid())),
          sink.stored());
    }
  }

  private static final class MySink implements RecordSink {

    private final Map<AtUri, Cid> stored = new ConcurrentHashMap<>();

    @Override
    public void write(List<RecordEvent> events) {
      for (RecordEvent event : events) {
        if (event instanceof RecordPut put) {
          stored.put(put.uri(), put.cid());
        } else {
          stored.remove(event.uri());
        }
      }
    }

    Map<AtUri, Cid> stored() {
      return stored;
    }
  }
}

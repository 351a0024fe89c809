package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments, and the same command again: nothing missing, nothing twice,
 * and what was read before the kills is not read again.
 */
class KilledProcessTest {

  private static final int KILLS = Integer.getInteger("backfill.kills", 3);
  private static final String NOTE = "com.example.note";
  private static final String POST = "app.bsky.feed.post";

  @TempDir Path folder;

  private final Random random = new Random(2026);

  @Test
  void theSameCommandGoesOnToTheSameEnd() throws Exception {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .seed(9)
            .hosts(4)
            .accounts(150)
            .repoSizes(RepoSizes.zipf(1500, 0.8))
            .start()) {
      network.hosts().forEach(host -> host.order(Fault.latency(Duration.ofMillis(20))));
      long fresh = requestsOf(network, () -> run(network, "fresh"));

      long[] killed = new long[1];
      long all =
          requestsOf(
              network,
              () -> {
                killed[0] = killAgainAndAgain(network);
                run(network, "killed");
              });

      Map<String, String> expected =
          network
              .expectedRecords(NOTE, POST)
              .collect(Collectors.toMap(row -> row.uri().toString(), row -> row.cid().toString()));
      assertThat(Stored.records(database("killed"))).isEqualTo(expected);
      assertThat(killed[0]).as("kills that hit a process at work").isPositive();
      assertThat(all)
          .as("requests of %d runs, against %d of one that was left alone", killed[0] + 1, fresh)
          .isLessThan(2 * fresh);
    }
  }

  private long killAgainAndAgain(SimulatedNetwork network) throws Exception {
    long hits = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      long before = requests(network);
      ToolProcess tool = ToolProcess.start(folder, command(network, "killed"));
      long until = before + 1 + random.nextInt(400);
      while (tool.alive() && requests(network) < until) {
        Thread.onSpinWait();
      }
      hits += tool.alive() ? 1 : 0;
      tool.kill();
    }
    return hits;
  }

  private void run(SimulatedNetwork network, String name) throws Exception {
    ToolRun ended = ToolProcess.start(folder, command(network, name)).await();
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.json().path("state").asText()).isEqualTo("completed");
  }

  private List<String> command(SimulatedNetwork network, String name) {
    return List.of(
        "run",
        "--relay",
        network.relay().url().toString(),
        "--plc",
        network.directory().url().toString(),
        "--collection",
        NOTE,
        "--collection",
        POST,
        "--db",
        database(name),
        "--fetch",
        "list-records",
        "--allow-private-hosts",
        "--max-rps-per-host",
        "1000",
        "--json");
  }

  private String database(String name) {
    return "jdbc:sqlite:" + folder.resolve(name + ".db");
  }

  private interface Part {
    void run() throws Exception;
  }

  private static long requestsOf(SimulatedNetwork network, Part part) throws Exception {
    long before = requests(network);
    part.run();
    return requests(network) - before;
  }

  private static long requests(SimulatedNetwork network) {
    return network.hosts().stream().mapToLong(SimulatedHost::requests).sum();
  }
}

package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tool against real servers: it finds exactly what they hold, and says what became of the rest.
 */
class BackfillRealNetIT {

  private static final Set<String> COLLECTIONS = Set.of("com.example.note", "app.bsky.feed.post");
  private static final int KILLS = Integer.getInteger("backfill.kills", 20);

  @TempDir Path folder;

  private NetworkTruth truth;

  @BeforeEach
  void read() throws Exception {
    truth = NetworkTruth.read(System.getProperty("realnet"));
  }

  @Test
  void aRelayAndTwoCollections() throws Exception {
    String url = sqlite("relay");
    ToolRun ended = run(url, byRelay());
    assertFound(url, ended, COLLECTIONS);
  }

  @Test
  void theHostsThemselves() throws Exception {
    String url = sqlite("hosts");
    ToolRun ended = run(url, repeated("--host", truth.hosts()));
    assertFound(url, ended, Set.of());
  }

  @Test
  void givenDids() throws Exception {
    String url = "jdbc:h2:" + folder.resolve("dids");
    ToolRun ended = run(url, repeated("--did", truth.dids()));
    assertFound(url, ended, Set.of());
    assertThat(Stored.ends(url, ended.json().path("job").asText())).isEqualTo(truth.ends());
  }

  @Test
  void intoPostgres() throws Exception {
    String given = System.getenv("BACKFILL_TEST_PG_URL");
    if (given != null) {
      assertFound(given, run(given, byRelay()), COLLECTIONS);
      return;
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      String url = postgres.getJdbcUrl("postgres", "postgres");
      assertFound(url, run(url, byRelay()), COLLECTIONS);
    }
  }

  @Test
  void anUnchangedRerunWritesNothing() throws Exception {
    String url = sqlite("again");
    ToolRun first = run(url, byRelay());
    ToolRun again = run(url, byRelay());
    assertFound(url, again, COLLECTIONS);
    assertThat(again.json().path("records").path("written").asLong()).isZero();
    assertThat(again.json().path("requests").asLong())
        .isLessThan(first.json().path("requests").asLong());
    assertThat(again.json().path("bytes").asLong())
        .isLessThan(first.json().path("bytes").asLong() / 2);
  }

  @Test
  void killedAtRandomMomentsItComesToTheSameEnd() throws Exception {
    String url = sqlite("killed");
    List<String> command = command(url, byRelay());
    Random random = new Random(7);
    for (int kill = 0; kill < KILLS; kill++) {
      ToolProcess tool = ToolProcess.start(folder, command);
      TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(2500));
      tool.kill();
    }
    ToolRun ended = ToolProcess.start(folder, command).await();
    assertFound(url, ended, COLLECTIONS);
  }

  private void assertFound(String url, ToolRun ended, Set<String> collections) throws Exception {
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.json().path("state").asText()).isEqualTo("completed");
    Map<String, String> found = Stored.records(url);
    // Whole repos still hold what their hosts took down; see docs/outcomes.md.
    found.entrySet().removeAll(truth.takenDown().entrySet());
    assertThat(found).isEqualTo(truth.records(collections));
    Map<String, String> ends = Stored.ends(url, ended.json().path("job").asText());
    Map<String, String> expected = new HashMap<>(truth.ends());
    expected.keySet().retainAll(ends.keySet());
    assertThat(ends).as("what became of each repo that was listed").isEqualTo(expected);
  }

  private ToolRun run(String url, List<String> selection) {
    return ToolRun.of(command(url, selection).toArray(String[]::new));
  }

  private List<String> command(String url, List<String> selection) {
    List<String> command = new ArrayList<>(List.of("run"));
    command.addAll(selection);
    command.addAll(
        List.of("--plc", truth.directory(), "--db", url, "--allow-private-hosts", "--json"));
    command.addAll(List.of("--max-rps-per-host", "100"));
    return command;
  }

  private List<String> byRelay() {
    List<String> selection = repeated("--collection", COLLECTIONS);
    selection.addAll(List.of("--relay", truth.relay()));
    return selection;
  }

  private static List<String> repeated(String option, Iterable<String> values) {
    List<String> options = new ArrayList<>();
    values.forEach(value -> options.addAll(List.of(option, value)));
    return options;
  }

  private String sqlite(String name) {
    return "jdbc:sqlite:" + folder.resolve(name + ".db");
  }
}

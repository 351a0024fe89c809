package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.ExpectedRecord;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.UnifiedJedis;

final class RunCommandTest {

  private static final String NOTE = "com.example.note";
  private static final String POST = "app.bsky.feed.post";

  @TempDir private Path directory;

  @Test
  void relayToSqliteEndsCompletedWithOneJsonObject() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(20).start()) {
      String database = "jdbc:sqlite:" + directory.resolve("x.db");
      ToolRun run = ToolRun.of(byRelay(network, NOTE, POST), "--db", database, "--json");

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(fieldNames(run.json()))
          .containsExactly(
              "job", "state", "repos", "records", "requests", "bytes", "seconds", "errors");
      assertThat(run.json().get("state").textValue()).isEqualTo("completed");
      Map<String, String> truth = truth(network.expectedRecords(NOTE, POST));
      assertThat(run.json().at("/records/written").longValue()).isEqualTo(truth.size());
      assertThat(rows(database)).isEqualTo(truth);

      ToolRun again = ToolRun.of(byRelay(network, NOTE, POST), "--db", database, "--json");

      assertThat(again.status()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(again.json().get("job")).isNotEqualTo(run.json().get("job"));
      assertThat(again.json().at("/records/written").longValue()).isZero();
    }
  }

  @Test
  void theQueueMayBeInRedis() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(20).start();
        LocalRedis redis = LocalRedis.start();
        UnifiedJedis client = redis.client()) {
      String database = "jdbc:sqlite:" + directory.resolve("x.db");
      String[] place = {"--db", database, "--redis", redis.url(), "--json"};

      ToolRun run = ToolRun.of(byRelay(network, NOTE, POST), place);

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(rows(database)).isEqualTo(truth(network.expectedRecords(NOTE, POST)));
      assertThat(client.keys("*" + run.json().get("job").textValue() + "*")).isNotEmpty();

      client.flushAll();
      ToolRun again = ToolRun.of(byRelay(network, NOTE, POST), place);

      assertThat(again.status()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(again.json().at("/records/written").longValue()).isZero();
    }
  }

  @Test
  void aQueueInRedisNeedsADatabaseAndAServer() throws Exception {
    ToolRun alone = ToolRun.of("jobs", "list", "--redis", "redis://127.0.0.1");
    assertThat(alone.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(alone.err()).contains("--db");

    ToolRun away =
        ToolRun.of(
            List.of("run", "--did", "did:web:example.com"),
            "--db",
            "jdbc:sqlite:" + directory.resolve("x.db"),
            "--redis",
            "redis://user:secret@127.0.0.1:1");
    assertThat(away.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(away.err())
        .contains("cannot reach redis://***@127.0.0.1:1")
        .doesNotContain("secret");
  }

  @Test
  void hostsToH2WithEveryCollection() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(10).start()) {
      List<String> arguments = new ArrayList<>(List.of("run", "--allow-private-hosts", "--host"));
      network.hosts().forEach(host -> arguments.add(host.url().toString()));
      arguments.addAll(List.of("--plc", network.directory().url().toString()));
      String database = "jdbc:h2:" + directory.resolve("x");

      ToolRun run = ToolRun.of(arguments, "--db", database);

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(run.out()).contains("completed", "10 done").doesNotContain("{");
      assertThat(rows(database)).isEqualTo(truth(network.expectedRecords()));
    }
  }

  @Test
  void hostBudgetsAreKeptInTheDatabaseWhereTold() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(10).start()) {
      String database = "jdbc:sqlite:" + directory.resolve("x.db");

      ToolRun alone = ToolRun.of(byRelay(network, NOTE), "--db", database);
      assertThat(alone.status()).as(alone.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(budgets(database)).isEmpty();

      ToolRun shared =
          ToolRun.of(byRelay(network, NOTE), "--reread", "--share-host-budgets", "--db", database);
      assertThat(shared.status()).as(shared.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(budgets(database))
          .contains(network.relay().url().toString())
          .containsAll(network.hosts().stream().map(host -> host.url().toString()).toList());
    }
  }

  static List<String> budgets(String database) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT host FROM atproto_host_budget")) {
      List<String> hosts = new ArrayList<>();
      while (rows.next()) {
        hosts.add(rows.getString(1));
      }
      return hosts;
    }
  }

  @Test
  void networkToJsonLines() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(10).start()) {
      Path file = directory.resolve("records.jsonl");
      List<String> arguments =
          network(network, "run", "--network", "--relay", network.relay().url().toString());

      ToolRun run = ToolRun.of(arguments, "--jsonl", file.toString(), "--json");

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(lines(file)).isEqualTo(truth(network.expectedRecords()));
      assertThat(run.err()).contains("progress in " + file + ".progress.sqlite");

      Files.delete(file);
      ToolRun orphaned = ToolRun.of(arguments, "--jsonl", file.toString());

      assertThat(orphaned.status()).isEqualTo(ExitStatus.FAILED);
      assertThat(orphaned.err()).contains("which is gone").doesNotContain("\tat ");
    }
  }

  @Test
  void givenReposEndIncompleteWhenOneLeadsNowhere() throws Exception {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .accounts(2)
            .accounts(AccountStatus.NO_PDS, 1)
            .accounts(AccountStatus.DEACTIVATED, 1)
            .start()) {
      List<String> arguments = network(network, "run", "--did");
      network.accounts().forEach(account -> arguments.add(account.did().value()));
      String database = "jdbc:sqlite:" + directory.resolve("x.db");

      ToolRun run = ToolRun.of(arguments, "--db", database, "--share-host-budgets", "--json");

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.INCOMPLETE);
      assertThat(run.json().get("repos").toString())
          .isEqualTo("{\"discovered\":4,\"done\":2,\"unavailable\":1,\"gone\":0,\"failed\":1}");
      assertThat(run.json().at("/errors/no_pds").longValue()).isEqualTo(1);
      String id = run.json().get("job").textValue();
      assertThat(run.err())
          .contains("jobs errors " + id + " --db " + database)
          .contains(
              "jobs retry %s --db %s --plc %s --allow-private-hosts --max-rps-per-host 100000"
                  .formatted(id, database, network.directory().url()),
              " --share-host-budgets");
    }
  }

  @Test
  void relayWithoutTheListingIsSaidAndReplacedByItsHostsOnRequest() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(10).start()) {
      network.relay().order(Fault.unsupported(404).on("com.atproto.sync.listReposByCollection"));
      String database = "jdbc:sqlite:" + directory.resolve("x.db");

      ToolRun run = ToolRun.of(byRelay(network, NOTE), "--db", database);

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.INCOMPLETE);
      assertThat(run.out()).contains("not_supported", "with --fallback-to-hosts");

      ToolRun fallback =
          ToolRun.of(byRelay(network, NOTE), "--db", database, "--fallback-to-hosts");

      assertThat(fallback.status()).as(fallback.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(rows(database)).isEqualTo(truth(network.expectedRecords(NOTE)));
    }
  }

  @Test
  void handlesAreAskedForWhereTold() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(3).start()) {
      String database = "jdbc:sqlite:" + directory.resolve("x.db");
      List<String> arguments =
          network(network, "run", "--handles-from", network.account(1).host().url().toString());

      ToolRun run =
          ToolRun.of(
              arguments, "--did", network.account(1).handle().value(), "--db", database, "--json");

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(rows(database))
          .isEqualTo(truth(network.expectedRecords(network.account(1).did())));
    }
  }

  @Test
  void dryRunSaysWhatWouldBeAskedAndStoresNothing() {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder().accounts(12).accounts(AccountStatus.NO_PDS, 1).start()) {
      Path file = directory.resolve("x.db");
      List<String> arguments = network(network, "run", "--dry-run", "--did");
      network.accounts().forEach(account -> arguments.add(account.did().value()));

      ToolRun text = ToolRun.of(arguments, "--db", "jdbc:sqlite:" + file);
      ToolRun json = ToolRun.of(arguments, "--json");

      assertThat(text.status()).as(text.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(text.out())
          .contains("13 repos on 3 hosts", network.host(0).url().toString(), "no_pds");
      assertThat(file).doesNotExist();
      assertThat(json.json().get("repos").longValue()).isEqualTo(13);
      assertThat(json.json().at("/unresolved/no_pds").longValue()).isEqualTo(1);
      assertThat(json.json().get("hosts")).hasSize(3);
      network
          .hosts()
          .forEach(host -> assertThat(host.requests("com.atproto.repo.listRecords")).isZero());
    }
  }

  @Test
  void interruptedRunIsGoneOnWithByTheSameCommand() throws Exception {
    AtomicReference<Runnable> interrupt = new AtomicReference<>(() -> {});
    AtomicInteger pages = new AtomicInteger();
    Interruption afterThirtyPages =
        stop -> {
          interrupt.set(stop);
          return () -> interrupt.set(() -> {});
        };
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .accounts(20)
            .repoSizes(RepoSizes.fixed(700))
            .onRequest(
                request -> {
                  if (request.method().equals("com.atproto.repo.listRecords")
                      && pages.incrementAndGet() == 30) {
                    interrupt.get().run();
                  }
                })
            .start()) {
      String database = "jdbc:sqlite:" + directory.resolve("x.db");
      String[] arguments =
          Stream.concat(
                  byRelay(network, NOTE, POST).stream(),
                  Stream.of("--fetch", "list-records", "--db", database, "--json"))
              .toArray(String[]::new);

      ToolRun stopped = ToolRun.of(afterThirtyPages, arguments);

      assertThat(stopped.status()).as(stopped.err()).isEqualTo(ExitStatus.INTERRUPTED);
      assertThat(stopped.json().get("state").textValue()).isEqualTo("running");
      assertThat(stopped.err()).contains("to go on:  the same command");
      assertThat(rows(database)).hasSizeLessThan(20 * 560);

      ToolRun resumed = ToolRun.of(arguments);

      assertThat(resumed.status()).as(resumed.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(resumed.json().get("job")).isEqualTo(stopped.json().get("job"));
      assertThat(rows(database)).isEqualTo(truth(network.expectedRecords(NOTE, POST)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb", "mysql"})
  void databaseThatCannotBeReachedIsSaidInOneLine(String product) {
    String database = "jdbc:" + product + "://localhost:1/none?password=secret";

    ToolRun run = ToolRun.of("run", "--did", "did:web:a.example", "--db", database);

    assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(run.err()).contains("cannot open").doesNotContain("secret").hasLineCount(1);
  }

  @Test
  void h2FileOfAnotherProcessIsSaidInOneLine() throws SQLException {
    String database = "jdbc:h2:" + directory.resolve("x");
    try (Connection held = DriverManager.getConnection(database)) {
      ToolRun run = ToolRun.of("run", "--did", "did:web:a.example", "--db", database);

      assertThat(held.isClosed()).isFalse();
      assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
      assertThat(run.err()).contains("another process has it open").hasLineCount(1);
    }
  }

  static List<String> byRelay(SimulatedNetwork network, String... collections) {
    List<String> arguments =
        network(network, "run", "--relay", network.relay().url().toString(), "--collection");
    arguments.addAll(List.of(collections));
    return arguments;
  }

  /** The arguments by which the tool reaches {@code network}, around those of a command. */
  static List<String> network(SimulatedNetwork network, String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(
        List.of(
            "--plc",
            network.directory().url().toString(),
            "--max-rps-per-host",
            "100000",
            "--allow-private-hosts"));
    arguments.addAll(List.of(more));
    return arguments;
  }

  static Map<String, String> truth(Stream<ExpectedRecord> records) {
    return records.collect(
        Collectors.toMap(
            record -> record.uri().toString(),
            record -> record.cid().toString(),
            (one, other) -> one,
            TreeMap::new));
  }

  static Map<String, String> rows(String database) throws SQLException {
    Map<String, String> rows = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(database);
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("select uri, cid from atproto_record")) {
      while (found.next()) {
        rows.put(found.getString(1), found.getString(2));
      }
    }
    return rows;
  }

  private static Map<String, String> lines(Path file) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode record = new JsonMapper().readTree(line);
      assertThat(lines.put(record.get("uri").textValue(), record.get("cid").textValue())).isNull();
    }
    return lines;
  }

  private static List<String> fieldNames(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }
}

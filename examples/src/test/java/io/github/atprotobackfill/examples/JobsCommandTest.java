package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobsCommandTest {

  private static final String NOTE = "com.example.note";

  @TempDir private Path directory;

  @Test
  void whatFailedIsNamedAndRetried() throws Exception {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder().accounts(5).accounts(AccountStatus.UNREGISTERED, 1).start()) {
      Did failing = network.accounts(AccountStatus.UNREGISTERED).findFirst().orElseThrow().did();
      String database = "jdbc:sqlite:" + directory.resolve("x.db");
      List<String> arguments = RunCommandTest.network(network, "run", "--did");
      network.accounts().forEach(account -> arguments.add(account.did().value()));
      ToolRun run = ToolRun.of(arguments, "--db", database, "--json");
      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.INCOMPLETE);
      String id = run.json().get("job").textValue();

      assertThat(ToolRun.of("jobs", "list", "--db", database).out())
          .contains(id, "incomplete", "repos")
          .hasLineCount(1);
      assertThat(ToolRun.of("jobs", "errors", id, "--db", database).out())
          .contains("failed", failing.value(), "did_not_found")
          .hasLineCount(1);
      assertThat(ToolRun.of("jobs", "show", id, "--db", database).out())
          .contains("incomplete", "5 done", "1 failed", "jobs retry " + id);
      assertThat(ToolRun.of("jobs", "show", id, "--db", database, "--json").json().get("repos"))
          .isEqualTo(run.json().get("repos"));

      network.setStatus(failing, AccountStatus.ACTIVE);
      ToolRun retried =
          ToolRun.of(
              RunCommandTest.network(network, "jobs retry " + id), "--db", database, "--json");

      assertThat(retried.status()).as(retried.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(retried.json().at("/repos/discovered").longValue()).isEqualTo(1);
      assertThat(RunCommandTest.rows(database))
          .isEqualTo(RunCommandTest.truth(network.expectedRecords()));
      String retry = retried.json().get("job").textValue();
      assertThat(ToolRun.of("jobs", "errors", retry, "--db", database).out()).isEqualTo("none\n");
    }
  }

  @Test
  void jobsThatHaveEndedAreLeftAlone() {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(2).start()) {
      String database = "jdbc:sqlite:" + directory.resolve("x.db");
      ToolRun run = ToolRun.of(RunCommandTest.byRelay(network, NOTE), "--db", database, "--json");
      String id = run.json().get("job").textValue();

      for (String command : List.of("pause", "cancel", "resume")) {
        ToolRun refused = ToolRun.of("jobs", command, id, "--db", database);
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(refused.err()).contains(id).hasLineCount(1);
      }
      assertThat(ToolRun.of("jobs", "retry", id, "--db", database).out())
          .contains("nothing to retry");
    }
  }

  @Test
  void pausedJobLeavesItsProcessAndIsResumedByAnother() throws Exception {
    String database = "jdbc:sqlite:" + directory.resolve("x.db");
    AtomicInteger pages = new AtomicInteger();
    AtomicReference<String> id = new AtomicReference<>("");
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .accounts(20)
            .repoSizes(RepoSizes.fixed(700))
            .onRequest(
                request -> {
                  if (request.method().equals("com.atproto.repo.listRecords")
                      && pages.incrementAndGet() == 30) {
                    id.set(ToolRun.of("jobs", "list", "--db", database).out().split(" ")[0]);
                    ToolRun.of("jobs", "pause", id.get(), "--db", database);
                  }
                })
            .start()) {
      ToolRun paused =
          ToolRun.of(
              RunCommandTest.byRelay(network, NOTE, "app.bsky.feed.post"),
              "--fetch",
              "list-records",
              "--db",
              database,
              "--json");

      assertThat(paused.status()).as(paused.err()).isEqualTo(ExitStatus.INTERRUPTED);
      assertThat(paused.json().get("state").textValue()).isEqualTo("paused");

      ToolRun resumed =
          ToolRun.of(
              RunCommandTest.network(network, "jobs resume " + id.get()),
              "--db",
              database,
              "--json");

      assertThat(resumed.status()).as(resumed.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(resumed.json().get("job").textValue()).isEqualTo(id.get());
      assertThat(RunCommandTest.rows(database))
          .isEqualTo(RunCommandTest.truth(network.expectedRecords(NOTE, "app.bsky.feed.post")));
    }
  }

  @Test
  void unknownJobsAndPlacesAreNamed() throws Exception {
    String unknown = new UUID(0, 1).toString();
    Path absent = directory.resolve("absent.db");
    Path empty = Files.createFile(directory.resolve("empty.db"));

    ToolRun nowhere = ToolRun.of("jobs", "list", "--db", "jdbc:sqlite:" + absent);
    ToolRun nothing = ToolRun.of("jobs", "list", "--db", "jdbc:sqlite:" + empty);
    ToolRun noLines = ToolRun.of("jobs", "show", unknown, "--jsonl", absent.toString());

    assertThat(List.of(nowhere.status(), nothing.status(), noLines.status()))
        .containsOnly(ExitStatus.FAILED);
    assertThat(nowhere.err()).contains("no such file: " + absent).hasLineCount(1);
    assertThat(nothing.err()).contains("no job was ever run").hasLineCount(1);
    assertThat(noLines.err()).contains("no such file: " + absent + ".progress.sqlite");
    assertThat(absent).doesNotExist();
    assertThat(tablesIn(empty)).isZero();
  }

  private static int tablesIn(Path sqlite) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + sqlite);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from sqlite_master")) {
      row.next();
      return row.getInt(1);
    }
  }
}

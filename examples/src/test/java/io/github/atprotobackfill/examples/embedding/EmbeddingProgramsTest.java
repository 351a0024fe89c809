package io.github.atprotobackfill.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the programs to paste as they stand. */
final class EmbeddingProgramsTest {

  private static final String NOTE = "com.example.note";

  private final SimulatedNetwork network = SimulatedNetwork.builder().accounts(10).start();

  @TempDir private Path directory;

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void lambdaIsGivenEveryRecord() throws Exception {
    assertThat(printedBy(() -> EmbedWithLambda.main(new String[] {relay(), NOTE, plc()})))
        .containsExactlyInAnyOrderElementsOf(truth());
  }

  @Test
  void fileOfARepoIsReadToItsEnd() throws Exception {
    SimulatedAccount account = network.account(0);
    Path car = directory.resolve("repo.car");
    try (InputStream body =
        URI.create(account.host().url() + "/xrpc/com.atproto.sync.getRepo?did=" + account.did())
            .toURL()
            .openStream()) {
      Files.copy(body, car);
    }
    String key = network.expectedCommit(account.did()).key();

    assertThat(printedBy(() -> ReadRepoFile.main(new String[] {car.toString(), key})))
        .map(line -> "at://" + account.did() + "/" + line.substring(0, line.indexOf(' ')))
        .containsExactlyInAnyOrderElementsOf(
            network.expectedRecords(account.did()).map(r -> r.uri().toString()).toList());
  }

  @Test
  void databaseHoldsEveryRecord() throws Exception {
    String database = "jdbc:h2:" + directory.resolve("notes");

    EmbedWithJdbc.main(new String[] {relay(), NOTE, database, plc()});

    assertThat(urisIn(database)).containsExactlyInAnyOrderElementsOf(truth());
  }

  /** A program to paste. */
  private interface Program {
    void run() throws Exception;
  }

  private static List<String> printedBy(Program program) throws Exception {
    PrintStream standardOutput = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(standardOutput);
    }
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private String relay() {
    return network.relay().url().toString();
  }

  private String plc() {
    return network.directory().url().toString();
  }

  private List<String> truth() {
    return network.expectedRecords(NOTE).map(record -> record.uri().toString()).toList();
  }

  private static List<String> urisIn(String database) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select uri from atproto_record")) {
      List<String> uris = new java.util.ArrayList<>();
      while (rows.next()) {
        uris.add(rows.getString(1));
      }
      return uris;
    }
  }
}

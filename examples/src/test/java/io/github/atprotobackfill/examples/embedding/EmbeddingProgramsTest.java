package io.github.atprotobackfill.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
  void lambdaIsGivenEveryRecord() throws InterruptedException {
    PrintStream standardOutput = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      EmbedWithLambda.main(new String[] {relay(), NOTE, plc()});
    } finally {
      System.setOut(standardOutput);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactlyInAnyOrderElementsOf(truth());
  }

  @Test
  void databaseHoldsEveryRecord() throws Exception {
    String database = "jdbc:h2:" + directory.resolve("notes");

    EmbedWithJdbc.main(new String[] {relay(), NOTE, database, plc()});

    assertThat(urisIn(database)).containsExactlyInAnyOrderElementsOf(truth());
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

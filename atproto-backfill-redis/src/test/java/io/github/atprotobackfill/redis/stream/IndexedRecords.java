package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.jdbc.JdbcRecordSink;
import io.github.atprotobackfill.jdbc.JdbcSchema;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.testkit.contract.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;

/** A database of records in memory. */
final class IndexedRecords implements AutoCloseable {

  private final JdbcDataSource dataSource = new JdbcDataSource();

  IndexedRecords() {
    dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    JdbcSchema.of(dataSource).create();
  }

  RecordSink sink() {
    return JdbcRecordSink.builder(dataSource).build();
  }

  /** What is stored, by address. */
  Map<AtUri, StoredRecord> stored() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT uri, cid, rev, record FROM atproto_record")) {
      Map<AtUri, StoredRecord> stored = new HashMap<>();
      while (rows.next()) {
        stored.put(
            AtUri.parse(rows.getString(1)),
            new StoredRecord(
                Cid.parse(rows.getString(2)),
                Tid.parse(rows.getString(3)),
                new String(rows.getBytes(4), StandardCharsets.UTF_8)));
      }
      return stored;
    }
  }

  /** What is to be shown. */
  Set<AtUri> shown() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT uri FROM atproto_visible_record")) {
      Set<AtUri> shown = new HashSet<>();
      while (rows.next()) {
        shown.add(AtUri.parse(rows.getString(1)));
      }
      return shown;
    }
  }

  @Override
  public void close() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
    }
  }
}

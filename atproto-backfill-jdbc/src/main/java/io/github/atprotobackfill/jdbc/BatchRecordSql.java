package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The record table of SQLite and H2: batches of one-row statements. */
final class BatchRecordSql implements RecordSql {

  private final String put;
  private final String delete;

  BatchRecordSql(Tables tables, Dialect dialect) {
    List<String> key = List.of("did", "collection", "rkey");
    List<String> columns = List.of("did", "collection", "rkey", "cid", "rev", "record");
    put =
        dialect.upsert(
            Upsert.into(tables.record(), key, columns)
                .constant("indexed_at", dialect.indexedAt())
                .when("cur.cid <> new.cid AND cur.rev <= new.rev"));
    delete =
        "DELETE FROM %s WHERE did = ? AND collection = ? AND rkey = ? AND rev <= ?"
            .formatted(tables.record());
  }

  @Override
  public int put(Connection connection, List<RecordRow> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(put)) {
      for (RecordRow row : rows) {
        setKey(statement, row.put());
        statement.setString(4, row.put().cid().toString());
        statement.setString(5, row.put().rev().toString());
        statement.setString(6, row.json());
        statement.addBatch();
      }
      return sum(statement.executeBatch());
    }
  }

  @Override
  public int delete(Connection connection, List<RecordDelete> deletes) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      for (RecordDelete delete : deletes) {
        setKey(statement, delete);
        statement.setString(4, delete.rev().toString());
        statement.addBatch();
      }
      return sum(statement.executeBatch());
    }
  }

  @Override
  public boolean strictEscapes() {
    return false;
  }

  private static void setKey(PreparedStatement statement, RecordEvent event) throws SQLException {
    statement.setString(1, event.did().toString());
    statement.setString(2, event.collection().toString());
    statement.setString(3, event.rkey().toString());
  }

  private static int sum(int[] counts) {
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }
}

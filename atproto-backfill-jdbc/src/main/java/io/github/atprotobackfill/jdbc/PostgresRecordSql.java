package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/** The record table of PostgreSQL: a batch travels as arrays, in one statement. */
final class PostgresRecordSql implements RecordSql {

  private final String put;
  private final String delete;
  private final boolean jsonb;

  private PostgresRecordSql(Tables tables, String indexedAt, String columnType) {
    jsonb = columnType.equals("jsonb");
    put =
        """
        INSERT INTO %1$s AS r (did, collection, rkey, cid, rev, record, indexed_at)
        SELECT n.did, n.collection, n.rkey, n.cid, n.rev, n.record::%3$s, %2$s
        FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
          AS n(did, collection, rkey, cid, rev, record)
        ON CONFLICT (did, collection, rkey) DO UPDATE SET
          cid = excluded.cid, rev = excluded.rev, record = excluded.record,
          indexed_at = excluded.indexed_at
        WHERE r.cid <> excluded.cid AND r.rev <= excluded.rev
        """
            .formatted(tables.record(), indexedAt, columnType);
    delete =
        """
        DELETE FROM %s r
        USING unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS d(did, collection, rkey, rev)
        WHERE r.did = d.did AND r.collection = d.collection AND r.rkey = d.rkey AND r.rev <= d.rev
        """
            .formatted(tables.record());
  }

  /** Asks the table what its record column is: the host may have altered it. */
  static PostgresRecordSql on(Tables tables, String indexedAt, Connection connection)
      throws SQLException {
    String probe = "SELECT record FROM " + tables.record() + " WHERE false";
    try (PreparedStatement statement = connection.prepareStatement(probe);
        ResultSet none = statement.executeQuery()) {
      String columnType = none.getMetaData().getColumnTypeName(1);
      return new PostgresRecordSql(tables, indexedAt, columnType);
    }
  }

  @Override
  public int put(Connection connection, List<RecordRow> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(put)) {
      setKeys(statement, rows, RecordRow::put);
      TextArray.set(statement, 4, rows, row -> row.put().cid().toString());
      TextArray.set(statement, 5, rows, row -> row.put().rev().toString());
      TextArray.set(statement, 6, rows, RecordRow::json);
      return statement.executeUpdate();
    }
  }

  @Override
  public int delete(Connection connection, List<RecordDelete> deletes) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      setKeys(statement, deletes, delete -> delete);
      TextArray.set(statement, 4, deletes, delete -> delete.rev().toString());
      return statement.executeUpdate();
    }
  }

  @Override
  public boolean strictEscapes() {
    return jsonb;
  }

  private static <R> void setKeys(
      PreparedStatement statement, List<R> rows, Function<R, RecordEvent> event)
      throws SQLException {
    TextArray.set(statement, 1, rows, row -> event.apply(row).did().toString());
    TextArray.set(statement, 2, rows, row -> event.apply(row).collection().toString());
    TextArray.set(statement, 3, rows, row -> event.apply(row).rkey().toString());
  }
}

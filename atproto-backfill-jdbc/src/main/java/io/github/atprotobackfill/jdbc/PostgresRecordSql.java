package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * The record table of PostgreSQL: a batch travels as arrays, in one statement. An upsert costs the
 * server a third more than an insert, also where nothing is held; so rows are inserted where it
 * holds nothing in between their keys, as in the first reading of a repo.
 */
final class PostgresRecordSql implements RecordSql {

  /** Fewer rows are not worth being asked about. */
  static final int ASK_FROM = 100;

  private static final String UNIQUE_VIOLATION = "23505";

  final String holdsAny;
  private final String insert;
  private final String put;
  private final String delete;
  private final boolean jsonb;

  private PostgresRecordSql(Tables tables, String indexedAt, String columnType) {
    jsonb = columnType.equals("jsonb");
    // Written so that the planner has nothing to estimate by, and goes by the key; see
    // PostgresHeldSql.
    holdsAny =
        """
        SELECT EXISTS (
          SELECT FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
            AS k(did, first_collection, first_rkey, last_collection, last_rkey)
          CROSS JOIN LATERAL (
            SELECT FROM %1$s r
            WHERE (r.did, r.collection, r.rkey) >= (k.did, k.first_collection, k.first_rkey)
              AND (r.did, r.collection, r.rkey) <= (k.did, k.last_collection, k.last_rkey)
            ORDER BY r.did, r.collection, r.rkey LIMIT 1
          ) AS held
        )
        """
            .formatted(tables.record());
    insert =
        """
        INSERT INTO %1$s AS r (did, collection, rkey, cid, rev, record, indexed_at)
        SELECT n.did, n.collection, n.rkey, n.cid, n.rev, n.record::%3$s, %2$s
        FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
          AS n(did, collection, rkey, cid, rev, record)
        """
            .formatted(tables.record(), indexedAt, columnType);
    put =
        insert
            + """
        ON CONFLICT (did, collection, rkey) DO UPDATE SET
          cid = excluded.cid, rev = excluded.rev, record = excluded.record,
          indexed_at = excluded.indexed_at
        WHERE r.cid <> excluded.cid AND r.rev <= excluded.rev
        """;
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
    if (rows.size() < ASK_FROM || holdsAny(connection, rows)) {
      return write(connection, put, rows);
    }
    Savepoint nothingYet = connection.setSavepoint();
    try {
      int inserted = write(connection, insert, rows);
      connection.releaseSavepoint(nothingYet);
      return inserted;
    } catch (SQLException e) {
      if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw e;
      }
      // Somebody else wrote one of them in between.
      connection.rollback(nothingYet);
      return write(connection, put, rows);
    }
  }

  private boolean holdsAny(Connection connection, List<RecordRow> rows) throws SQLException {
    Collection<KeyRange> ranges = KeyRange.of(rows.stream().map(RecordRow::put).toList());
    try (PreparedStatement statement = connection.prepareStatement(holdsAny)) {
      TextArray.set(statement, 1, ranges, range -> range.first().did().value());
      TextArray.set(statement, 2, ranges, range -> range.first().collection().value());
      TextArray.set(statement, 3, ranges, range -> range.first().rkey().value());
      TextArray.set(statement, 4, ranges, range -> range.last().collection().value());
      TextArray.set(statement, 5, ranges, range -> range.last().rkey().value());
      try (ResultSet answer = statement.executeQuery()) {
        answer.next();
        return answer.getBoolean(1);
      }
    }
  }

  private static int write(Connection connection, String sql, List<RecordRow> rows)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
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

package io.github.atprotobackfill.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;

/** PostgreSQL 12 or later: rows travel as arrays, a whole batch in one statement. */
final class PostgresDialect implements Dialect {

  /** serialization_failure, deadlock_detected, lock_not_available. */
  private static final Set<String> UNDONE = Set.of("40001", "40P01", "55P03");

  /** Any number that no other program locks; the same for all prefixes, for DDL is rare. */
  private static final long SCHEMA_LOCK = 0x6174_7072_6f74_6f31L;

  @Override
  public String now() {
    return "(floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint)";
  }

  @Override
  public String indexedAt() {
    return "statement_timestamp()";
  }

  @Override
  public Object key(UUID id) {
    return id;
  }

  @Override
  public RepoSql repoSql(Tables tables) {
    return new PostgresRepoSql(tables, now());
  }

  @Override
  public RecordSql recordSql(Tables tables, Connection connection) throws SQLException {
    return PostgresRecordSql.on(tables, indexedAt(), connection);
  }

  @Override
  public HeldSql heldSql(Tables tables) {
    return new PostgresHeldSql(tables);
  }

  @Override
  public String upsert(Upsert upsert) {
    return upsert.onConflict();
  }

  @Override
  public String insertIfAbsent(String table, String key, String... columns) {
    // Whatever is unique: of two that insert one new row, the later may meet it in any index first.
    return InsertSql.plain(table, columns) + " ON CONFLICT DO NOTHING";
  }

  @Override
  public void lockSchema(Connection connection) throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
      lock.setLong(1, SCHEMA_LOCK);
      lock.execute();
    }
  }

  @Override
  public boolean undone(SQLException e) {
    return e.getSQLState() != null && UNDONE.contains(e.getSQLState());
  }

  @Override
  public String tableExists(String table) {
    return "SELECT 1 WHERE to_regclass('%s') IS NOT NULL".formatted(table);
  }
}

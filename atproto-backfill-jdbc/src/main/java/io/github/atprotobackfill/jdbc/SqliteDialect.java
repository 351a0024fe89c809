package io.github.atprotobackfill.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** SQLite 3.35 or later: one writer at a time, so whoever claims is alone. */
final class SqliteDialect implements Dialect {

  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int PRIMARY_CODE = 0xff;

  @Override
  public String now() {
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)";
  }

  @Override
  public String indexedAt() {
    return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
  }

  @Override
  public Object key(UUID id) {
    return id.toString();
  }

  @Override
  public RepoSql repoSql(Tables tables) {
    return new BatchRepoSql(tables, this);
  }

  @Override
  public RecordSql recordSql(Tables tables, Connection connection) {
    return new BatchRecordSql(tables, this);
  }

  @Override
  public HeldSql heldSql(Tables tables) {
    return new BatchHeldSql(tables);
  }

  @Override
  public String upsert(Upsert upsert) {
    return upsert.onConflict();
  }

  @Override
  public String insertIfAbsent(String table, String key, String... columns) {
    return InsertSql.plain(table, columns) + " ON CONFLICT (" + key + ") DO NOTHING";
  }

  /**
   * Takes the writer's place at once. A transaction that begins by reading cannot become a writer
   * when another has written since, however long it waits.
   */
  @Override
  public void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    execute(connection, "BEGIN IMMEDIATE");
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    execute(connection, "COMMIT");
  }

  @Override
  public void rollback(Connection connection) throws SQLException {
    execute(connection, "ROLLBACK");
  }

  /** Who writes is alone from the beginning. */
  @Override
  public String forUpdate() {
    return "";
  }

  @Override
  public boolean singleWriter() {
    return true;
  }

  @Override
  public boolean undone(SQLException e) {
    int code = e.getErrorCode() & PRIMARY_CODE;
    return code == BUSY || code == LOCKED;
  }

  @Override
  public String tableExists(String table) {
    return "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '%s'".formatted(table);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

package io.github.atprotobackfill.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.UUID;

/** MariaDB 10.6 or later and MySQL 8 or later: only what both understand. */
final class MariaDbDialect implements Dialect {

  /** ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_CHECKREAD (a row changed since it was seen). */
  private static final Set<Integer> UNDONE = Set.of(1205, 1213, 1020);

  /** ER_DUP_FIELDNAME, ER_DUP_KEYNAME: MySQL adds no column "if not exists". */
  private static final Set<Integer> DONE = Set.of(1060, 1061);

  /** Not by way of the session's time, which is ambiguous for an hour every autumn. */
  @Override
  public String now() {
    return "(TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)";
  }

  @Override
  public String indexedAt() {
    return "UTC_TIMESTAMP(3)";
  }

  @Override
  public Object key(UUID id) {
    return id.toString();
  }

  @Override
  public RepoSql repoSql(Tables tables) {
    return new MariaDbRepoSql(tables, now());
  }

  @Override
  public RecordSql recordSql(Tables tables, Connection connection) {
    return new MariaDbRecordSql(tables, indexedAt());
  }

  @Override
  public HeldSql heldSql(Tables tables) {
    return new MariaDbHeldSql(tables);
  }

  @Override
  public String upsert(Upsert upsert) {
    return upsert.onDuplicateKey();
  }

  /**
   * Counts what it inserts, which an update on a duplicate key does not with every setting of a
   * driver. What else {@code IGNORE} would hide cannot be: of what is given to such inserts,
   * nothing is too long for its column, or missing.
   */
  @Override
  public String insertIfAbsent(String table, String key, String... columns) {
    return InsertSql.plain(table, columns).replaceFirst("INSERT", "INSERT IGNORE");
  }

  /**
   * In the isolation that is wanted, whatever the session's: at the default one, claims would lock
   * the gaps between rows as well, and discovery would wait for them.
   */
  @Override
  public void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    execute(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    execute(connection, "START TRANSACTION");
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    execute(connection, "COMMIT");
  }

  @Override
  public void rollback(Connection connection) throws SQLException {
    execute(connection, "ROLLBACK");
  }

  @Override
  public boolean undone(SQLException e) {
    return UNDONE.contains(e.getErrorCode());
  }

  @Override
  public boolean alreadyDone(SQLException e) {
    return DONE.contains(e.getErrorCode());
  }

  @Override
  public String tableExists(String table) {
    return ("SELECT 1 FROM information_schema.tables"
            + " WHERE table_schema = DATABASE() AND table_name = '%s'")
        .formatted(table);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

package io.github.atprotobackfill.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Where the databases differ. Stateless. */
interface Dialect {

  /**
   * Milliseconds since 1970 by the database's clock, as an expression; the same in any time zone.
   */
  String now();

  /** The time of day as the {@code indexed_at} column wants it, as an expression. */
  String indexedAt();

  /** A job's id as a parameter of its column's type. */
  Object key(UUID id);

  /** How the repo table is filled, claimed from and changed. */
  RepoSql repoSql(Tables tables);

  /** How records are stored; may look at the record table to find out. */
  RecordSql recordSql(Tables tables, Connection connection) throws SQLException;

  /** How it is asked what the record table holds. */
  HeldSql heldSql(Tables tables);

  /**
   * An insert of one row that does nothing where one with the same key stands already.
   *
   * @param key the columns that are the key
   * @param columns all columns that are given, the key's among them
   */
  String insertIfAbsent(String table, String key, String... columns);

  /** An upsert in this database's words; its parameters are the upsert's, in their order. */
  String upsert(Upsert upsert);

  /** What ends a query whose rows nobody else is to change before the transaction ends. */
  default String forUpdate() {
    return " FOR UPDATE";
  }

  /** Begins a transaction that will write. */
  default void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
  }

  default void commit(Connection connection) throws SQLException {
    connection.commit();
  }

  default void rollback(Connection connection) throws SQLException {
    connection.rollback();
  }

  /** Whether only one connection can write at a time, so that the others had better queue here. */
  default boolean singleWriter() {
    return false;
  }

  /** A query that has a row if the current schema has the table. */
  String tableExists(String table);

  /** Keeps two processes from making the schema at once, until the transaction ends. */
  default void lockSchema(Connection connection) throws SQLException {}

  /**
   * Whether a statement of a schema script failed because what it makes is there: made by another
   * process at the same time, or before one died that did not come to the end of the script.
   */
  default boolean alreadyDone(SQLException e) {
    return false;
  }

  /** Whether the database undid the transaction, and the same may succeed when tried again. */
  boolean undone(SQLException e);
}

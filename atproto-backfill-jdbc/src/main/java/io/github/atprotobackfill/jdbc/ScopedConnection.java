package io.github.atprotobackfill.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.IdentityHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connection of the {@link JdbcAtomicScope} that the current thread runs in. Stores and sinks
 * of the same {@code DataSource} find it here, however they were built.
 */
final class ScopedConnection {

  private static final ThreadLocal<Map<DataSource, ScopedConnection>> OPEN =
      ThreadLocal.withInitial(IdentityHashMap::new);

  private final Connection connection;
  private @Nullable SQLException broken;

  private ScopedConnection(Connection connection) {
    this.connection = connection;
  }

  static @Nullable ScopedConnection of(DataSource dataSource) {
    return OPEN.get().get(dataSource);
  }

  static ScopedConnection open(DataSource dataSource, Connection connection) {
    ScopedConnection scoped = new ScopedConnection(connection);
    OPEN.get().put(dataSource, scoped);
    return scoped;
  }

  static void close(DataSource dataSource) {
    Map<DataSource, ScopedConnection> open = OPEN.get();
    open.remove(dataSource);
    if (open.isEmpty()) {
      OPEN.remove();
    }
  }

  /**
   * After one failure nothing more is done: PostgreSQL would refuse it, and SQLite may have ended
   * the transaction by itself, so that what follows would stand alone.
   */
  <T> T use(SqlWork<T> work) throws SQLException {
    requireWhole();
    try {
      return work.on(connection);
    } catch (SQLException e) {
      broken = e;
      throw e;
    }
  }

  /** Throws when something failed in this scope, whether or not the caller looked away. */
  void requireWhole() throws SQLException {
    if (broken != null) {
      throw new SQLException("an earlier write in the same scope failed", broken);
    }
  }
}

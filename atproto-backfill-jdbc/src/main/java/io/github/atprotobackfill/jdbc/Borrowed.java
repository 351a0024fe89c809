package io.github.atprotobackfill.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection in use, which is given back in the commit mode it came with. */
final class Borrowed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Borrowed.class);

  private final Connection connection;
  private final boolean autoCommit;
  private boolean leaveMode;

  private Borrowed(Connection connection, boolean autoCommit) {
    this.connection = connection;
    this.autoCommit = autoCommit;
  }

  static Borrowed from(DataSource dataSource) throws SQLException {
    Connection connection = connect(dataSource);
    try {
      return new Borrowed(connection, connection.getAutoCommit());
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Some pools report what is wrong with a driver or a URL by exceptions of their own. */
  private static Connection connect(DataSource dataSource) throws SQLException {
    try {
      return dataSource.getConnection();
    } catch (RuntimeException e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  Connection connection() {
    return connection;
  }

  /** The connection, each statement a transaction of its own. */
  Connection autoCommitting() throws SQLException {
    if (!autoCommit) {
      connection.setAutoCommit(true);
    }
    return connection;
  }

  /** To be called when a rollback failed: changing the mode would commit what is still open. */
  void leaveMode() {
    leaveMode = true;
  }

  @Override
  public void close() {
    try (Connection closing = connection) {
      if (!leaveMode && closing.getAutoCommit() != autoCommit) {
        closing.setAutoCommit(autoCommit);
      }
    } catch (SQLException e) {
      LOG.debug("a connection could not be given back in order: {}", e.getMessage());
    }
  }
}

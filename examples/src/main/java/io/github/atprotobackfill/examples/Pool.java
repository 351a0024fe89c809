package io.github.atprotobackfill.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import javax.sql.DataSource;

/** Connections to a database, opened as each product wants it. */
final class Pool implements AutoCloseable {

  /** SQLite lets one connection write at a time; the others read. */
  private static final int SQLITE_CONNECTIONS = 4;

  private static final int CONNECTIONS = 10;

  /** H2's error code for a database file that another process has open. */
  private static final int H2_ALREADY_OPEN = 90020;

  private static final Duration SQLITE_BUSY = Duration.ofSeconds(30);

  private final HikariDataSource dataSource;

  private Pool(HikariDataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Connects to the database at {@code url}.
   *
   * @throws ToolException when it cannot be reached
   */
  static Pool of(DatabaseUrl url) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("atproto-backfill");
    config.setMaximumPoolSize(CONNECTIONS);
    switch (url.product()) {
      case SQLITE -> forSqlite(config, url);
      case H2 -> forH2(config, url);
      case POSTGRESQL, MARIADB -> config.setJdbcUrl(url.url());
    }
    try {
      return new Pool(new HikariDataSource(config));
    } catch (PoolInitializationException e) {
      throw new ToolException("cannot open " + url + ": " + reason(e), e);
    }
  }

  DataSource dataSource() {
    return dataSource;
  }

  @Override
  public void close() {
    dataSource.close();
  }

  private static void forSqlite(HikariConfig config, DatabaseUrl url) {
    config.setJdbcUrl(url.url());
    config.setMaximumPoolSize(SQLITE_CONNECTIONS);
    config.addDataSourceProperty("journal_mode", "WAL");
    config.addDataSourceProperty("synchronous", "NORMAL");
    config.addDataSourceProperty("busy_timeout", Long.toString(SQLITE_BUSY.toMillis()));
  }

  private static void forH2(HikariConfig config, DatabaseUrl url) {
    // Left alone, H2 closes the database as soon as Ctrl-C comes, before the work is put down; and
    // whenever a thread is interrupted that is at its file, unless that is used asynchronously.
    String asynchronous =
        url.url().replaceFirst("^jdbc:h2:(file:)?(?=[~./\\\\]|[A-Za-z]:[/\\\\])", "jdbc:h2:async:");
    boolean decided = asynchronous.toUpperCase(Locale.ROOT).contains("DB_CLOSE_ON_EXIT");
    config.setJdbcUrl(decided ? asynchronous : asynchronous + ";DB_CLOSE_ON_EXIT=FALSE");
  }

  /** What the innermost cause says, which knows best. */
  private static String reason(Throwable e) {
    String reason = String.valueOf(e.getMessage());
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getErrorCode() == H2_ALREADY_OPEN) {
        return "another process has it open (H2 lets in one, the others any number)";
      }
      reason = cause.getMessage() == null ? reason : cause.getMessage();
    }
    return reason;
  }
}

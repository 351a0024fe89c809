package io.github.atprotobackfill.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.atprotobackfill.jdbc.JdbcRecordSink;
import io.github.atprotobackfill.jdbc.JdbcSchema;
import io.github.atprotobackfill.jdbc.JdbcStores;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** A pool of connections to tables of the library, with stores and sink on them. */
final class Database implements AutoCloseable {

  private static final int CONNECTIONS = 10;

  private final HikariDataSource pool;
  private final String url;
  private final String drop;

  private Database(HikariDataSource pool, String url, String drop) {
    this.pool = pool;
    this.url = url;
    this.drop = drop;
  }

  /** Makes {@code schema} and the tables in it. */
  static Database onPostgres(String server, String schema) {
    String url = server + (server.contains("?") ? "&" : "?") + "currentSchema=" + schema;
    HikariDataSource pool = pool(url);
    execute(pool, "CREATE SCHEMA " + schema);
    JdbcSchema.of(pool).create();
    return new Database(pool, url, "DROP SCHEMA " + schema + " CASCADE");
  }

  /** Makes the tables in a file. */
  static Database onSqlite(Path file) {
    String url = "jdbc:sqlite:" + file + "?journal_mode=WAL&synchronous=NORMAL&busy_timeout=10000";
    HikariDataSource pool = pool(url);
    JdbcSchema.of(pool).create();
    return new Database(pool, url, "");
  }

  /** Uses the tables that {@link #url} of another process's database leads to. */
  static Database at(String url) {
    return new Database(pool(url), url, "");
  }

  private static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(CONNECTIONS);
    return new HikariDataSource(config);
  }

  String url() {
    return url;
  }

  JdbcStores stores() {
    return JdbcStores.builder(pool).build();
  }

  JdbcRecordSink sink() {
    return JdbcRecordSink.builder(pool).build();
  }

  /** The first column of the first row. */
  String ask(String query) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /**
   * The processor time of all processes of a PostgreSQL server on this machine, while they live.
   */
  Duration processorTime() throws SQLException {
    Duration sum = Duration.ZERO;
    String pids = ask("SELECT string_agg(pid::text, ',') FROM pg_stat_activity");
    for (String pid : pids.split(",", -1)) {
      sum =
          sum.plus(
              ProcessHandle.of(Long.parseLong(pid))
                  .flatMap(process -> process.info().totalCpuDuration())
                  .orElse(Duration.ZERO));
    }
    return sum;
  }

  private static void execute(DataSource pool, String sql) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Override
  public void close() {
    if (!drop.isEmpty()) {
      execute(pool, drop);
    }
    pool.close();
  }
}

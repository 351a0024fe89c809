package io.github.atprotobackfill.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Fresh storage in one of the databases, with the schema made, for one test. */
final class TestStorage implements AutoCloseable {

  /** The databases that everything is tested on. */
  enum Kind {
    SQLITE,
    H2_MEMORY,
    H2_FILE,
    POSTGRESQL,
    MARIADB
  }

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  static final List<String> TABLES =
      List.of(
          "job",
          "job_error",
          "job_count",
          "job_source",
          "job_discovery",
          "job_host",
          "repo",
          "held",
          "record",
          "account",
          "host_budget",
          "schema_version");

  private final Kind kind;
  private final String prefix = "t" + NUMBERS.incrementAndGet() + "_";
  private final String url;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final DataSource first;

  private TestStorage(Kind kind, String url) {
    this.kind = kind;
    this.url = url;
    this.first = newDataSource();
  }

  /** Storage whose tables are made. */
  static TestStorage withSchema(Kind kind) {
    TestStorage storage = empty(kind);
    storage.schema().create();
    return storage;
  }

  /** Storage without tables. */
  static TestStorage empty(Kind kind) {
    return switch (kind) {
      case SQLITE ->
          inDirectory(kind, "jdbc:sqlite:%s/test.db?journal_mode=WAL&synchronous=NORMAL");
      case H2_FILE -> inDirectory(kind, "jdbc:h2:%s/test");
      case H2_MEMORY -> inMemory(kind, "jdbc:h2:mem:" + UUID.randomUUID());
      case POSTGRESQL -> new TestStorage(kind, PostgresServer.url());
      case MARIADB -> new TestStorage(kind, MariaDbServer.url());
    };
  }

  /** An in-memory database lives as long as a connection to it. */
  private static TestStorage inMemory(Kind kind, String url) {
    try {
      Connection keepAlive = DriverManager.getConnection(url);
      TestStorage storage = new TestStorage(kind, url);
      storage.open.addLast(keepAlive);
      return storage;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TestStorage inDirectory(Kind kind, String url) {
    try {
      Path directory = Files.createTempDirectory("backfill-jdbc");
      TestStorage storage = new TestStorage(kind, url.formatted(directory));
      storage.open.addLast(() -> deleteAll(directory));
      return storage;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  Kind kind() {
    return kind;
  }

  String prefix() {
    return prefix;
  }

  /** The data source that this storage was made with, a pool. */
  DataSource dataSource() {
    return first;
  }

  /** A further pool on the same storage, as another process would have. */
  DataSource newDataSource() {
    return pooled(true, "");
  }

  /** A further pool whose connections do not commit by themselves. */
  DataSource newManualCommitDataSource() {
    return pooled(false, "");
  }

  /** A further pool whose sessions are in a time zone, where the database has such a thing. */
  DataSource newDataSource(String timeZone) {
    return pooled(
        true,
        switch (kind) {
          case SQLITE -> "";
          case H2_MEMORY, H2_FILE -> "SET TIME ZONE '" + timeZone + "'";
          case POSTGRESQL -> "SET TIME ZONE '" + timeZone + "'";
          case MARIADB -> "SET time_zone = '" + offset(timeZone) + "'";
        });
  }

  /** A MariaDB server need not know the names of time zones. */
  private static String offset(String timeZone) {
    // It knows fewer hours than there are.
    int hours = ZoneId.of(timeZone).getRules().getOffset(Instant.EPOCH).getTotalSeconds() / 3600;
    return "%+03d:00".formatted(Math.max(-12, Math.min(13, hours)));
  }

  private DataSource pooled(boolean autoCommit, String initSql) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setAutoCommit(autoCommit);
    config.setConnectionInitSql(initSql.isEmpty() ? null : initSql);
    config.setMaximumPoolSize(10);
    config.setMinimumIdle(0);
    HikariDataSource pool = new HikariDataSource(config);
    open.addFirst(pool);
    return pool;
  }

  JdbcSchema schema() {
    return JdbcSchema.builder(first).tablePrefix(prefix).build();
  }

  JdbcStores stores() {
    return stores(first);
  }

  JdbcStores stores(DataSource dataSource) {
    return JdbcStores.builder(dataSource).tablePrefix(prefix).build();
  }

  JdbcRecordSink sink() {
    return sink(first);
  }

  JdbcRecordSink sink(DataSource dataSource) {
    return JdbcRecordSink.builder(dataSource).tablePrefix(prefix).build();
  }

  /** Runs a statement in which {@code $} stands for the table prefix. */
  void execute(String sql) throws SQLException {
    try (Connection connection = first.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql.replace("$", prefix));
    }
  }

  /** The rows of a query, their columns with bars between. */
  List<String> query(String sql) throws SQLException {
    try (Connection connection = first.getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql.replace("$", prefix))) {
      List<String> result = new ArrayList<>();
      while (rows.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.append(i == 1 ? "" : "|").append(rows.getString(i));
        }
        result.add(row.toString());
      }
      return result;
    }
  }

  @Override
  public void close() throws Exception {
    if (kind == Kind.POSTGRESQL || kind == Kind.MARIADB) {
      execute("DROP VIEW IF EXISTS $visible_record");
      for (String table : TABLES) {
        execute("DROP TABLE IF EXISTS $" + table);
      }
    }
    for (AutoCloseable closing : open) {
      closing.close();
    }
  }
}

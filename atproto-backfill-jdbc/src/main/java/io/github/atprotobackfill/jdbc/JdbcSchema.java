package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables that {@link JdbcStores} and {@link JdbcRecordSink} use, all with one prefix.
 *
 * <p>Nothing is ever created unless asked for: call {@link #create()}, or hand {@link #script()} to
 * the migration tool of your choice. The scripts lie in the jar, one a version and database, under
 * {@code io/github/atprotobackfill/jdbc/schema/}; a released script never changes. Thread-safe.
 */
public final class JdbcSchema {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcSchema.class);

  private final Database database;
  private final Tables tables;
  private final RecordColumn recordColumn;
  private final Transactions transactions;

  private JdbcSchema(Builder builder, Database database) {
    this.database = database;
    this.tables = new Tables(builder.tablePrefix);
    this.recordColumn = builder.recordColumn;
    this.transactions = new Transactions(builder.dataSource, database.dialect());
  }

  /** The schema with the default prefix, {@code atproto_}. */
  public static JdbcSchema of(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /** A builder with the defaults. */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /** The version this library works with. */
  public int version() {
    return SchemaScript.NEWEST;
  }

  /**
   * The version that stands in the database; empty when there is none.
   *
   * @throws StoreException when the database cannot be asked
   */
  public OptionalInt installed() {
    return transactions.read("read the schema version", this::installed);
  }

  /**
   * Makes the tables, or brings them to {@link #version()}; does nothing where that is done. In one
   * transaction on PostgreSQL and SQLite; the others commit each statement, and go on where they
   * stopped when called again. Several processes may call it at once.
   *
   * @throws StoreException when that fails, or a later version of this library made the tables
   */
  public void create() {
    int from =
        transactions.write(
            "create the schema",
            connection -> {
              database.dialect().lockSchema(connection);
              int before = installed(connection).orElse(0);
              refuseNewer(before);
              for (SchemaScript script :
                  SchemaScript.after(before, database, tables, recordColumn)) {
                run(connection, script);
              }
              return before;
            });
    if (from < version()) {
      LOG.info("schema {}* of {} is at version {} now", tables.prefix(), database, version());
    }
  }

  /**
   * Checks that the tables are there, in the version this library works with.
   *
   * @throws StoreException with a message that says what is to be done
   */
  public void validate() {
    OptionalInt installed = installed();
    if (installed.isEmpty()) {
      throw new StoreException(
          "this %s database has no tables %s*; call JdbcSchema.create(), or apply JdbcSchema.script()"
              .formatted(database, tables.prefix()),
          null);
    }
    refuseNewer(installed.getAsInt());
    if (installed.getAsInt() < version()) {
      throw new StoreException(
          "tables %s* are of schema version %d, but version %d is needed; call JdbcSchema.create()"
              .formatted(tables.prefix(), installed.getAsInt(), version()),
          null);
    }
  }

  /** The statements that make an empty database ready, for a migration tool to run. */
  public String script() {
    return SchemaScript.after(0, database, tables, recordColumn).stream()
        .map(SchemaScript::text)
        .collect(Collectors.joining("\n"));
  }

  private OptionalInt installed(Connection connection) throws SQLException {
    if (!hasVersionTable(connection)) {
      return OptionalInt.empty();
    }
    String select = "SELECT max(version) FROM " + tables.schemaVersion();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(select)) {
      row.next();
      int version = row.getInt(1);
      return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(version);
    }
  }

  private boolean hasVersionTable(Connection connection) throws SQLException {
    String exists = database.dialect().tableExists(tables.schemaVersion());
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(exists)) {
      return row.next();
    }
  }

  private void refuseNewer(int installed) {
    if (installed > version()) {
      throw new StoreException(
          "tables %s* are of schema version %d, which is newer than this library knows (%d)"
              .formatted(tables.prefix(), installed, version()),
          null);
    }
  }

  private void run(Connection connection, SchemaScript script) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : script.statements()) {
        run(statement, sql);
      }
    }
  }

  private void run(Statement statement, String sql) throws SQLException {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      if (!database.dialect().alreadyDone(e)) {
        throw e;
      }
      LOG.debug("done already: {}", e.getMessage());
    }
  }

  /** What can be chosen about a schema. Not thread-safe. */
  public static final class Builder {

    private final DataSource dataSource;
    private String tablePrefix = Tables.DEFAULT_PREFIX;
    private @Nullable Database database;
    private RecordColumn recordColumn = RecordColumn.JSONB;

    private Builder(DataSource dataSource) {
      this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /** What the names of all tables begin with: lower-case letters, digits, underscores. */
    public Builder tablePrefix(String prefix) {
      tablePrefix = new Tables(prefix).prefix();
      return this;
    }

    /** The database, where the driver's word for it is not to be believed. */
    public Builder database(Database database) {
      this.database = database;
      return this;
    }

    /** How PostgreSQL keeps records; without effect elsewhere and on tables that stand already. */
    public Builder recordColumn(RecordColumn recordColumn) {
      this.recordColumn = recordColumn;
      return this;
    }

    /**
     * The schema; asks the database what it is, unless told.
     *
     * @throws StoreException when it cannot be reached or is not supported
     */
    public JdbcSchema build() {
      return new JdbcSchema(this, database == null ? Database.of(dataSource) : database);
    }
  }
}

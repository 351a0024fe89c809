package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.StoreException;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;

/** The databases this module speaks to; usually found out by asking the connection. */
public enum Database {
  /** PostgreSQL 12 or later, and databases that report themselves as PostgreSQL. */
  POSTGRESQL("PostgreSQL"),
  /** MariaDB 10.6 or later, and MySQL 8 or later, by either one's driver. */
  MARIADB("MariaDB", "MySQL"),
  /** SQLite 3.35 or later. */
  SQLITE("SQLite"),
  /** H2 2.2 or later, in its regular mode. */
  H2("H2");

  private final String product;
  private final String sibling;

  Database(String product) {
    this(product, product);
  }

  Database(String product, String sibling) {
    this.product = product;
    this.sibling = sibling;
  }

  Dialect dialect() {
    return switch (this) {
      case POSTGRESQL -> new PostgresDialect();
      case MARIADB -> new MariaDbDialect();
      case SQLITE -> new SqliteDialect();
      case H2 -> new H2Dialect();
    };
  }

  /** The name of the folder in which this database's schema scripts lie. */
  String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The database behind {@code dataSource}, by the product name its driver reports.
   *
   * @throws StoreException when it cannot be reached, or is none of these
   */
  public static Database of(DataSource dataSource) {
    String name;
    try (Borrowed borrowed = Borrowed.from(dataSource)) {
      name = borrowed.connection().getMetaData().getDatabaseProductName();
    } catch (SQLException e) {
      throw new StoreException("cannot connect to the database: " + e.getMessage(), e);
    }
    for (Database database : values()) {
      if (database.product.equalsIgnoreCase(name) || database.sibling.equalsIgnoreCase(name)) {
        return database;
      }
    }
    throw new StoreException(
        "the database calls itself "
            + name
            + "; supported are PostgreSQL, MariaDB, MySQL, SQLite and H2",
        null);
  }

  @Override
  public String toString() {
    return product;
  }
}

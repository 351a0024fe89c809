package io.github.atprotobackfill.examples;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.mariadb.jdbc.Configuration;

/**
 * A JDBC URL of a database that the tool can keep records in.
 *
 * @param product which database
 * @param url the URL as given
 */
record DatabaseUrl(Product product, String url) {

  private static final String SQLITE = "jdbc:sqlite:";
  private static final String H2 = "jdbc:h2:";
  private static final Pattern H2_FILE =
      Pattern.compile("((file|nio|async):)?((~|\\.{1,2})?[/\\\\].+|[A-Za-z]:[/\\\\].+)");
  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final String MARIADB = "jdbc:mariadb:";
  private static final String MYSQL = "jdbc:mysql:";

  /** The databases that need nothing but this tool, and those to be had for more. */
  enum Product {
    SQLITE,
    H2,
    POSTGRESQL,
    MARIADB
  }

  /**
   * The URL that {@code text} is.
   *
   * @throws IllegalArgumentException when no database of ours can be meant by it
   */
  static DatabaseUrl parse(String text) {
    if (text.startsWith(SQLITE)) {
      return sqlite(text);
    }
    if (text.startsWith(H2)) {
      return h2(text);
    }
    if (text.startsWith(POSTGRESQL)) {
      return postgresql(text);
    }
    if (text.startsWith(MARIADB) || text.startsWith(MYSQL)) {
      return mariadb(text);
    }
    throw new IllegalArgumentException(
        "not a JDBC URL of a supported database: \""
            + withoutPassword(text)
            + "\" (jdbc:sqlite:FILE, jdbc:h2:./FILE, jdbc:postgresql://HOST/DATABASE,"
            + " jdbc:mariadb://HOST/DATABASE or jdbc:mysql://HOST/DATABASE)");
  }

  /** The SQLite database in {@code file}. */
  static DatabaseUrl ofSqlite(Path file) {
    return new DatabaseUrl(Product.SQLITE, SQLITE + file);
  }

  /** The SQLite file, where there is one to look for. */
  Optional<Path> sqliteFile() {
    return product == Product.SQLITE && !url.startsWith(SQLITE + "file:")
        ? Optional.of(Path.of(beforeParameters(url.substring(SQLITE.length()), '?')))
        : Optional.empty();
  }

  /** The URL without what nobody should see. */
  @Override
  public String toString() {
    return withoutPassword(url);
  }

  private static DatabaseUrl sqlite(String text) {
    String file = beforeParameters(text.substring(SQLITE.length()), '?');
    if (file.isBlank()) {
      throw new IllegalArgumentException("no file named: \"" + text + "\" (jdbc:sqlite:FILE)");
    }
    if (file.contains(":memory:") || text.contains("mode=memory")) {
      throw forgetful(text);
    }
    if (file.startsWith(":resource:")) {
      throw new IllegalArgumentException("a resource cannot be written to: \"" + text + "\"");
    }
    return new DatabaseUrl(Product.SQLITE, text);
  }

  private static DatabaseUrl h2(String text) {
    String place = beforeParameters(text.substring(H2.length()), ';');
    if (place.startsWith("mem:")) {
      throw forgetful(text);
    }
    if (text.toUpperCase(Locale.ROOT).contains("AUTO_SERVER=TRUE")) {
      throw new IllegalArgumentException(
          "H2 with AUTO_SERVER closes the database at Ctrl-C, before work is put down; to share one"
              + " between processes, use SQLite or a server");
    }
    boolean remote = place.startsWith("tcp:") || place.startsWith("ssl:");
    if (!remote && !H2_FILE.matcher(place).matches()) {
      throw new IllegalArgumentException(
          "H2 wants a file named from ./ or / or ~/: \"" + withoutPassword(text) + "\"");
    }
    return new DatabaseUrl(Product.H2, text);
  }

  private static DatabaseUrl postgresql(String text) {
    try {
      DriverManager.getDriver(text); // Parses all of it.
    } catch (SQLException e) {
      throw new IllegalArgumentException(
          "not a PostgreSQL URL: \""
              + withoutPassword(text)
              + "\" (jdbc:postgresql://HOST[:PORT]/DATABASE[?user=...])");
    }
    return new DatabaseUrl(Product.POSTGRESQL, text);
  }

  /** MySQL is spoken to by MariaDB's driver, which is asked for it by MariaDB's URL. */
  private static DatabaseUrl mariadb(String text) {
    String own = text.startsWith(MYSQL) ? MARIADB + text.substring(MYSQL.length()) : text;
    Configuration parsed;
    try {
      parsed = Configuration.parse(own);
    } catch (SQLException | IllegalArgumentException e) {
      throw notMariadb(text);
    }
    if (parsed == null || parsed.addresses().isEmpty()) {
      throw notMariadb(text);
    }
    if (parsed.database() == null) {
      throw new IllegalArgumentException(
          "no database named: \"" + withoutPassword(text) + "\" (jdbc:mariadb://HOST/DATABASE)");
    }
    return new DatabaseUrl(Product.MARIADB, own);
  }

  private static IllegalArgumentException notMariadb(String text) {
    return new IllegalArgumentException(
        "not a MariaDB or MySQL URL: \""
            + withoutPassword(text)
            + "\" (jdbc:mariadb://HOST[:PORT]/DATABASE[?user=...])");
  }

  private static IllegalArgumentException forgetful(String text) {
    return new IllegalArgumentException(
        "a database in memory would be gone with this process: \"" + text + "\"; name a file");
  }

  private static String beforeParameters(String text, char separator) {
    int end = text.indexOf(separator);
    return end < 0 ? text : text.substring(0, end);
  }

  private static String withoutPassword(String text) {
    return text.replaceAll("(?i)(password=)[^&;]*", "$1***")
        .replaceAll("(://[^/@:]*:)[^/@]*@", "$1***@");
  }
}

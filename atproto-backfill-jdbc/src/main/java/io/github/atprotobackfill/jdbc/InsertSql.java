package io.github.atprotobackfill.jdbc;

import java.util.Collections;

/** The text of a plain insert of one row. */
final class InsertSql {

  private InsertSql() {}

  static String plain(String table, String... columns) {
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(table, String.join(", ", columns), parameters(columns.length));
  }

  /** {@code count} question marks with commas between them. */
  static String parameters(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }
}

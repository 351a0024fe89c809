package io.github.atprotobackfill.jdbc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The text of plain inserts, and of lists of values. */
final class InsertSql {

  /** Fewer than MariaDB takes as they are; of a list of 1000, it would make a join. */
  private static final int MANY = 500;

  private InsertSql() {}

  static String plain(String table, String... columns) {
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(table, String.join(", ", columns), parameters(columns.length));
  }

  /** {@code count} question marks with commas between them. */
  static String parameters(int count) {
    return repeated("?", count);
  }

  /** {@code value}, {@code count} times, with commas between them. */
  static String repeated(String value, int count) {
    return String.join(", ", Collections.nCopies(count, value));
  }

  /** What is to be listed in a statement, in parts that are fit for one. */
  static <T> List<List<T>> parts(List<T> values) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < values.size(); from += MANY) {
      parts.add(values.subList(from, Math.min(from + MANY, values.size())));
    }
    return parts;
  }
}

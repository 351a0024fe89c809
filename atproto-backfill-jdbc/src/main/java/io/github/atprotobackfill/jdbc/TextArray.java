package io.github.atprotobackfill.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of texts as one parameter of PostgreSQL. The driver sends strings as they are, but an
 * array of objects as one literal, in which it escapes each quote and the server unescapes it: JSON
 * is full of them.
 */
final class TextArray {

  private TextArray() {}

  static <R> void set(
      PreparedStatement statement,
      int index,
      Collection<R> rows,
      Function<R, @Nullable String> column)
      throws SQLException {
    String[] texts = rows.stream().map(column).toArray(String[]::new);
    statement.setArray(index, statement.getConnection().createArrayOf("text", texts));
  }
}

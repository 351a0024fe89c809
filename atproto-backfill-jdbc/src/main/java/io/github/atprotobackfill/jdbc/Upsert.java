package io.github.atprotobackfill.jdbc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An insert of one row that replaces the row with the same key, if one stands and passes a test. In
 * expressions, {@code cur} is the row that stands and {@code new} the one that is given.
 */
final class Upsert {

  private static final Pattern GIVEN = Pattern.compile("\\bnew\\.(\\w+)");
  private static final Pattern STANDING = Pattern.compile("\\bcur\\.(\\w+)");

  private final String table;
  private final List<String> key;
  private final List<String> parameters;
  private final Map<String, String> constants = new LinkedHashMap<>();
  private final Map<String, String> replacements = new LinkedHashMap<>();
  private @Nullable String test;

  private Upsert(String table, List<String> key, List<String> parameters) {
    this.table = table;
    this.key = key;
    this.parameters = parameters;
  }

  /** An upsert whose parameters are these columns; those that are not key are replaced. */
  static Upsert into(String table, List<String> key, List<String> parameters) {
    Upsert upsert = new Upsert(table, key, parameters);
    parameters.stream()
        .filter(column -> !key.contains(column))
        .forEach(column -> upsert.replacements.put(column, "new." + column));
    return upsert;
  }

  /** A further column, which is always set to {@code expression}. */
  Upsert constant(String column, String expression) {
    constants.put(column, expression);
    replacements.put(column, expression);
    return this;
  }

  /** Replaces the column by something else than what is given. */
  Upsert replace(String column, String expression) {
    replacements.put(column, expression);
    return this;
  }

  /** Replaces only where {@code condition} holds. */
  Upsert when(String condition) {
    test = condition;
    return this;
  }

  /** The statement of databases with {@code INSERT … ON CONFLICT}. */
  String onConflict() {
    Function<String, String> given = column -> "excluded." + column;
    return "INSERT INTO %s AS cur (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s%s"
        .formatted(
            table,
            columns(),
            values(column -> "?"),
            String.join(", ", key),
            assignments(given),
            test == null ? "" : " WHERE " + withGiven(test, given));
  }

  /** The statement of databases with {@code MERGE} and numbered parameters. */
  String merge() {
    Function<String, String> given = column -> "?" + (parameters.indexOf(column) + 1);
    String same =
        key.stream()
            .map(column -> "cur." + column + " = " + given.apply(column))
            .collect(Collectors.joining(" AND "));
    return ("MERGE INTO %s AS cur USING DUAL ON (%s)"
            + " WHEN MATCHED%s THEN UPDATE SET %s"
            + " WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)")
        .formatted(
            table,
            same,
            test == null ? "" : " AND (" + withGiven(test, given) + ")",
            assignments(given),
            columns(),
            values(given));
  }

  /**
   * The statement of databases with {@code INSERT … ON DUPLICATE KEY UPDATE}. It knows no test of a
   * row, only of each column, and its assignments take effect one after the other; so the column
   * that the others are decided by comes last, and there can be only one.
   */
  String onDuplicateKey() {
    Set<String> decisive = new LinkedHashSet<>(standing(test == null ? "" : test));
    replacements.forEach(
        (column, expression) ->
            standing(expression).stream()
                .filter(other -> !other.equals(column))
                .forEach(decisive::add));
    if (decisive.size() > 1) {
      throw new IllegalStateException("decided by more than one column: " + decisive);
    }
    List<String> last = new ArrayList<>(replacements.keySet());
    last.sort(Comparator.comparing(decisive::contains));
    return "INSERT INTO %s (%s) VALUES (%s) ON DUPLICATE KEY UPDATE %s"
        .formatted(
            table,
            columns(),
            values(column -> "?"),
            last.stream().map(this::assignment).collect(Collectors.joining(", ")));
  }

  private String assignment(String column) {
    String expression = replacements.getOrDefault(column, column);
    String chosen =
        test == null ? expression : "IF(%s, %s, cur.%s)".formatted(test, expression, column);
    String own = STANDING.matcher(chosen).replaceAll("$1");
    return column + " = " + withGiven(own, given -> "VALUES(" + given + ")");
  }

  private static Set<String> standing(String expression) {
    return STANDING
        .matcher(expression)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }

  private String columns() {
    List<String> all = new ArrayList<>(parameters);
    all.addAll(constants.keySet());
    return String.join(", ", all);
  }

  private String values(Function<String, String> parameter) {
    List<String> all = new ArrayList<>(parameters.stream().map(parameter).toList());
    all.addAll(constants.values());
    return String.join(", ", all);
  }

  private String assignments(Function<String, String> given) {
    return replacements.entrySet().stream()
        .map(entry -> entry.getKey() + " = " + withGiven(entry.getValue(), given))
        .collect(Collectors.joining(", "));
  }

  private static String withGiven(String expression, Function<String, String> given) {
    Function<MatchResult, String> name = match -> given.apply(match.group(1));
    return GIVEN.matcher(expression).replaceAll(name);
  }
}

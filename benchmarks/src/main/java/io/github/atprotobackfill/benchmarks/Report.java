package io.github.atprotobackfill.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Prints figures as tables, and says of each whether it is what it should be. */
final class Report {

  private final PrintStream out;
  private final List<List<String>> rows = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  void title(String name) {
    out.printf("%n## %s%n%n", name);
  }

  void say(String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
  }

  /** Adds a row to the table; the first one names the columns. */
  void row(Object... cells) {
    rows.add(Arrays.stream(cells).map(Report::cell).toList());
  }

  private static String cell(Object value) {
    return value instanceof Double figure
        ? String.format(Locale.ROOT, Math.abs(figure) < 100 ? "%.2f" : "%,.0f", figure)
        : value instanceof Number number
            ? String.format(Locale.ROOT, "%,d", number.longValue())
            : value.toString();
  }

  /** Prints the table and begins another. */
  void table() {
    if (rows.isEmpty()) {
      return;
    }
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (int r = 0; r < rows.size(); r++) {
      print(rows.get(r), widths);
      if (r == 0) {
        print(java.util.Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths);
      }
    }
    out.println();
    rows.clear();
  }

  private void print(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder("|");
    for (int i = 0; i < row.size(); i++) {
      String cell = row.get(i);
      String padding = " ".repeat(widths[i] - cell.length());
      line.append(' ').append(i == 0 ? cell + padding : padding + cell).append(" |");
    }
    out.println(line);
  }

  void atMost(String what, Spread figure, double target) {
    verdict(what, figure.toString(), "at most " + target, figure.median() <= target);
  }

  void atLeast(String what, Spread figure, double target) {
    verdict(what, figure.toString(), "at least " + target, figure.median() >= target);
  }

  void atMost(String what, double figure, double target) {
    verdict(what, cell(figure), "at most " + target, figure <= target);
  }

  void verdict(String what, String figure, String target, boolean met) {
    out.printf("%s: %s; target %s: %s%n", what, figure, target, met ? "met" : "MISSED");
  }
}

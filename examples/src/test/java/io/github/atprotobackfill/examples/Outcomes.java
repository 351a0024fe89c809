package io.github.atprotobackfill.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The first table of {@code docs/outcomes.md}. */
record Outcomes(List<Row> rows) {

  static final String NOTHING = "–";

  private static final Path PAGE = Path.of("..", "docs", "outcomes.md");
  private static final Pattern ROLE = Pattern.compile("`([a-z0-9]+)`");
  private static final Pattern KIND = Pattern.compile("`([a-z_]+)`(?: by (export|list-records))?");

  /** What becomes of an account of one role. */
  record Row(String role, String byExport, String byListRecords, String counted, String told) {

    String by(String way) {
      return way.equals("export") ? byExport : byListRecords;
    }

    /** The kinds that are counted when it is read in this way. */
    List<String> countedBy(String way) {
      List<String> kinds = new ArrayList<>();
      Matcher kind = KIND.matcher(counted);
      while (kind.find()) {
        if (kind.group(2) == null || kind.group(2).equals(way)) {
          kinds.add(kind.group(1));
        }
      }
      return kinds;
    }
  }

  static Outcomes ofThePage() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      String[] cells = line.split(" \\| ", -1);
      Matcher role = ROLE.matcher(cells[0].replaceFirst("^\\| ", ""));
      if (cells.length == 6 && role.matches()) {
        String told = cells[5].replaceFirst(" \\|$", "");
        rows.add(new Row(role.group(1), cells[2], cells[3], cells[4], told));
      }
    }
    return new Outcomes(rows);
  }

  Map<String, Row> byRole() {
    return rows.stream().collect(Collectors.toMap(Row::role, Function.identity()));
  }
}

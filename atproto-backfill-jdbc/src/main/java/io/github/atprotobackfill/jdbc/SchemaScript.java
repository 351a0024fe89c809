package io.github.atprotobackfill.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** One version's script, as it lies in the jar, with names put in. */
record SchemaScript(int version, String text) {

  /** The scripts of every database, the first of version 1. */
  private static final List<String> NAMES =
      List.of(
          "V1__stores_and_records.sql",
          "V2__one_lists_for_all.sql",
          "V3__shared_host_budgets.sql",
          "V4__counts_in_several_rows.sql");

  static final int NEWEST = NAMES.size();

  /** The scripts that lead from {@code version} to the newest. */
  static List<SchemaScript> after(
      int version, Database database, Tables tables, RecordColumn recordColumn) {
    List<SchemaScript> scripts = new ArrayList<>();
    for (int next = version + 1; next <= NEWEST; next++) {
      String template = read("schema/" + database.folder() + "/" + NAMES.get(next - 1));
      String text =
          template
              .replace("${prefix}", tables.prefix())
              .replace("${record_type}", recordColumn.sql());
      scripts.add(new SchemaScript(next, text));
    }
    return scripts;
  }

  private static String read(String resource) {
    try (InputStream in = SchemaScript.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("not in the jar: " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its statements; no semicolon stands within one, and comments take whole lines. */
  List<String> statements() {
    String bare =
        text.lines()
            .filter(line -> !line.strip().startsWith("--"))
            .collect(Collectors.joining("\n"));
    return Arrays.stream(bare.split(";")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }
}

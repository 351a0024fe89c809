package io.github.atprotobackfill.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** One call of the tool in this process: what it said, and how it ended. */
record ToolRun(int status, String out, String err) {

  /** Runs the tool with {@code args}, away from any terminal and never interrupted. */
  static ToolRun of(String... args) {
    return of(Interruption.NEVER, args);
  }

  static ToolRun of(List<String> args, String... more) {
    return of(
        Interruption.NEVER,
        java.util.stream.Stream.concat(args.stream(), java.util.Arrays.stream(more))
            .toArray(String[]::new));
  }

  static ToolRun of(Interruption interruption, String... args) {
    return of(new ByteArrayInputStream(new byte[0]), interruption, args);
  }

  /** Runs the tool with {@code args} and {@code in} piped into it. */
  static ToolRun of(InputStream in, String... args) {
    return of(in, Interruption.NEVER, args);
  }

  private static ToolRun of(InputStream in, Interruption interruption, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console =
        new Console(in, new PrintWriter(out), new PrintWriter(err), false, interruption);
    int status = Main.execute(console, args);
    return new ToolRun(status, out.toString(), err.toString());
  }

  /** Standard output, which must be one JSON object on one line and nothing else. */
  JsonNode json() {
    if (out.lines().count() != 1) {
      throw new AssertionError("not one line of JSON: " + out + "\nstandard error: " + err);
    }
    try {
      return new JsonMapper().readTree(out);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + out, e);
    }
  }
}

package io.github.atprotobackfill.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the person in front of this process sees. */
final class Terminal {

  private static final int USUAL_WIDTH = 80;
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Whether standard error is a terminal on which a line can be rewritten. */
  @SuppressWarnings("SystemConsoleNull") // Where nothing better is known.
  static boolean isStandardError() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    // System.console() tells of standard input and output alone, and since JDK 22 not even of
    // these; Linux can be asked about standard error itself.
    if (Files.isSymbolicLink(STANDARD_ERROR)) {
      try {
        String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      } catch (IOException e) {
        return false;
      }
    }
    return System.console() != null;
  }

  /** How many characters fit into a line. */
  static int width() {
    String columns = System.getenv("COLUMNS");
    if (columns == null || !columns.matches("[1-9][0-9]{1,3}")) {
      return USUAL_WIDTH;
    }
    return Integer.parseInt(columns);
  }
}

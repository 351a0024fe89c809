package io.github.atprotobackfill.examples;

/** Text as a shell reads it back. */
final class Shell {

  private static final String PLAIN = "[A-Za-z0-9_./:=@%+,~-]+";

  private Shell() {}

  static String quoted(String word) {
    return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}

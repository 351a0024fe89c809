package io.github.atprotobackfill.syntax;

/**
 * A set of ASCII characters, asked one character at a time.
 *
 * <p>The identifiers are checked by hand rather than by regular expression: they are parsed for
 * every record of a page, and a repeated group over a long hostile text overflows the stack of
 * {@code java.util.regex}.
 */
final class Ascii {

  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String DIGITS = "0123456789";

  static final Ascii LOWER_CASE = new Ascii(LOWER);
  static final Ascii LETTERS = new Ascii(LOWER + UPPER);
  static final Ascii ALPHANUMERIC = new Ascii(LOWER + UPPER + DIGITS);

  private static final int SIZE = 128;

  private final String members;
  private final boolean[] has = new boolean[SIZE];

  private Ascii(String members) {
    this.members = members;
    members.chars().forEach(c -> has[c] = true);
  }

  /** Exactly these characters. */
  static Ascii of(String members) {
    return new Ascii(members);
  }

  /** This set and these characters. */
  Ascii and(String more) {
    return new Ascii(members + more);
  }

  boolean has(char c) {
    return c < SIZE && has[c];
  }

  /** Whether every character of {@code text} in the range is in the set; true of an empty range. */
  boolean hasAll(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!has(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }
}

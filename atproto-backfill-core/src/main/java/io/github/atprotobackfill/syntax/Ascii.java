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

  private final long low;
  private final long high;

  private Ascii(String members) {
    this(members, 0, 0);
  }

  private Ascii(String members, long low, long high) {
    for (int i = 0; i < members.length(); i++) {
      char c = members.charAt(i);
      if (c < 64) {
        low |= 1L << c;
      } else {
        high |= 1L << (c - 64);
      }
    }
    this.low = low;
    this.high = high;
  }

  /** Exactly these characters. */
  static Ascii of(String members) {
    return new Ascii(members);
  }

  /** This set and these characters. */
  Ascii and(String more) {
    return new Ascii(more, low, high);
  }

  boolean has(char c) {
    return c < 64 ? (low >>> c & 1) != 0 : c < 128 && (high >>> (c - 64) & 1) != 0;
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

package io.github.atprotobackfill.syntax;

/** One part of a domain name: letters, digits and inner hyphens; what handles and NSIDs are of. */
final class DomainLabel {

  static final int MAX_LENGTH = 63;

  private static final Ascii INNER = Ascii.ALPHANUMERIC.and("-");

  private DomainLabel() {}

  /** Whether the range of {@code text} is a label. */
  static boolean isAt(String text, int from, int to) {
    return from < to
        && to - from <= MAX_LENGTH
        && Ascii.ALPHANUMERIC.has(text.charAt(from))
        && Ascii.ALPHANUMERIC.has(text.charAt(to - 1))
        && INNER.hasAll(text, from, to);
  }

  /** Whether the range of {@code text} is a label that begins with a letter. */
  static boolean isLetteredAt(String text, int from, int to) {
    return isAt(text, from, to) && Ascii.LETTERS.has(text.charAt(from));
  }

  /** Whether the range of {@code text} is labels joined by dots; one label is enough. */
  static boolean areAt(String text, int from, int to) {
    int start = from;
    for (int dot = text.indexOf('.', start); dot >= 0 && dot < to; dot = text.indexOf('.', start)) {
      if (!isAt(text, start, dot)) {
        return false;
      }
      start = dot + 1;
    }
    return isAt(text, start, to);
  }
}

package io.github.atprotobackfill.syntax;

import java.util.Optional;

/**
 * A timestamp identifier, for example {@code 3jzfcijpj2z2a}: the form of revs and of most record
 * keys. Order of text is order of time.
 *
 * @param value the text, as parsed
 * @see <a href="https://atproto.com/specs/tid">TID specification</a>
 */
public record Tid(String value) implements Comparable<Tid> {

  /** The length of every TID, in characters. */
  public static final int LENGTH = 13;

  private static final String ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";
  private static final int BITS_PER_CHARACTER = 5;
  private static final int CLOCK_ID_BITS = 10;

  private static final Ascii ALLOWED = Ascii.of(ALPHABET);
  // Thirteen characters are 65 bits and a TID is a positive 64-bit number: the first two are zero.
  private static final Ascii FIRST = Ascii.of(ALPHABET.substring(0, 16));

  public Tid {
    if (!isValid(value)) {
      throw new InvalidSyntaxException("TID", value);
    }
  }

  /** The TID that {@code text} is; throws {@link InvalidSyntaxException} when it is none. */
  public static Tid parse(String text) {
    return new Tid(text);
  }

  /** The TID that {@code text} is, or empty when it is none. */
  public static Optional<Tid> tryParse(String text) {
    return isValid(text) ? Optional.of(new Tid(text)) : Optional.empty();
  }

  private static boolean isValid(String text) {
    return text.length() == LENGTH && FIRST.has(text.charAt(0)) && ALLOWED.hasAll(text, 1, LENGTH);
  }

  /** The time in it, in microseconds since 1970-01-01T00:00Z; whoever made it chose it freely. */
  public long micros() {
    long bits = 0;
    for (int i = 0; i < LENGTH; i++) {
      bits = bits << BITS_PER_CHARACTER | ALPHABET.indexOf(value.charAt(i));
    }
    return bits >>> CLOCK_ID_BITS;
  }

  /** Whether this is later than {@code other}. */
  public boolean isAfter(Tid other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Tid other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

package io.github.atprotobackfill.syntax;

import java.util.Optional;

/**
 * A record key (rkey): the name of a record within its collection; case-sensitive.
 *
 * @param value the text, as parsed
 * @see <a href="https://atproto.com/specs/record-key">Record key specification</a>
 */
public record RecordKey(String value) implements Comparable<RecordKey> {

  /** The longest record key, in characters. */
  public static final int MAX_LENGTH = 512;

  private static final Ascii ALLOWED = Ascii.ALPHANUMERIC.and("_~.:-");

  public RecordKey {
    if (!isValid(value)) {
      throw new InvalidSyntaxException("record key", value);
    }
  }

  /** The record key that {@code text} is; throws {@link InvalidSyntaxException} when it is none. */
  public static RecordKey parse(String text) {
    return new RecordKey(text);
  }

  /** The record key that {@code text} is, or empty when it is none. */
  public static Optional<RecordKey> tryParse(String text) {
    return isValid(text) ? Optional.of(new RecordKey(text)) : Optional.empty();
  }

  private static boolean isValid(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && ALLOWED.hasAll(text, 0, text.length())
        && !text.equals(".")
        && !text.equals("..");
  }

  @Override
  public int compareTo(RecordKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

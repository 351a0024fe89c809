package io.github.atprotobackfill.syntax;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A record key (rkey): the name of a record within its collection; case-sensitive.
 *
 * @param value the text, as parsed
 */
public record RecordKey(String value) implements Comparable<RecordKey> {

  /** The longest record key, in characters. */
  public static final int MAX_LENGTH = 512;

  private static final Pattern FORM =
      Pattern.compile("[a-zA-Z0-9_~.:-]{1,512}");

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
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
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

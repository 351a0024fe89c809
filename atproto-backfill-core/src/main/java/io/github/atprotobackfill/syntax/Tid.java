package io.github.atprotobackfill.syntax;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A timestamp identifier, for example {@code 3jzfcijpj2z2a}: the form of revs and of most record keys. Order of text is order of time.
 *
 * @param value the text, as parsed
 */
public record Tid(String value) implements Comparable<Tid> {

  /** The longest TID, in characters. */
  public static final int MAX_LENGTH = 13;

  private static final Pattern FORM =
      Pattern.compile("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}");

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
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
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

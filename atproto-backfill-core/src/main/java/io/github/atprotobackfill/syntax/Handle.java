package io.github.atprotobackfill.syntax;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A handle, for example {@code alice.example.com}: a changeable name that an account claims.
 *
 * @param value the text, as parsed
 */
public record Handle(String value) implements Comparable<Handle> {

  /** The longest handle, in characters. */
  public static final int MAX_LENGTH = 253;

  private static final Pattern FORM =
      Pattern.compile("([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");

  public Handle {
    if (!isValid(value)) {
      throw new InvalidSyntaxException("handle", value);
    }
  }

  /** The handle that {@code text} is; throws {@link InvalidSyntaxException} when it is none. */
  public static Handle parse(String text) {
    return new Handle(text);
  }

  /** The handle that {@code text} is, or empty when it is none. */
  public static Optional<Handle> tryParse(String text) {
    return isValid(text) ? Optional.of(new Handle(text)) : Optional.empty();
  }

  private static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(Handle other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

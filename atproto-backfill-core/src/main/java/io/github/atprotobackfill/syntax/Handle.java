package io.github.atprotobackfill.syntax;

import java.util.Locale;
import java.util.Optional;

/**
 * A handle, for example {@code alice.example.com}: a changeable name that an account claims. Case
 * does not matter, so two spellings of one handle are equal.
 *
 * @param value the text, in lower case
 * @see <a href="https://atproto.com/specs/handle">Handle specification</a>
 */
public record Handle(String value) implements AtIdentifier, Comparable<Handle> {

  /** The longest handle, in characters. */
  public static final int MAX_LENGTH = 253;

  public Handle {
    if (!isValid(value)) {
      throw new InvalidSyntaxException("handle", value);
    }
    value = value.toLowerCase(Locale.ROOT);
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
    int lastDot = text.lastIndexOf('.');
    return text.length() <= MAX_LENGTH
        && lastDot > 0
        && DomainLabel.areAt(text, 0, lastDot)
        && DomainLabel.isLetteredAt(text, lastDot + 1, text.length());
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

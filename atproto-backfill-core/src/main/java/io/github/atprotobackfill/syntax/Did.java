package io.github.atprotobackfill.syntax;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A decentralized identifier, for example {@code did:plc:ewvi7nxzyoun6zhxrhs64oiz}: the permanent name of an account.
 *
 * @param value the text, as parsed
 */
public record Did(String value) implements Comparable<Did> {

  /** The longest DID, in characters. */
  public static final int MAX_LENGTH = 2048;

  private static final Pattern FORM =
      Pattern.compile("did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]");

  public Did {
    if (!isValid(value)) {
      throw new InvalidSyntaxException("DID", value);
    }
  }

  /** The DID that {@code text} is; throws {@link InvalidSyntaxException} when it is none. */
  public static Did parse(String text) {
    return new Did(text);
  }

  /** The DID that {@code text} is, or empty when it is none. */
  public static Optional<Did> tryParse(String text) {
    return isValid(text) ? Optional.of(new Did(text)) : Optional.empty();
  }

  private static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(Did other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

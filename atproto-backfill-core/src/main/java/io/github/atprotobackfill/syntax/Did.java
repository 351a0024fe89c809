package io.github.atprotobackfill.syntax;

import java.util.Optional;

/**
 * A decentralized identifier, for example {@code did:plc:ewvi7nxzyoun6zhxrhs64oiz}: the permanent
 * name of an account. Case-sensitive; any method is well-formed, few are resolvable.
 *
 * @param value the text, as parsed
 * @see <a href="https://atproto.com/specs/did">DID specification</a>
 */
public record Did(String value) implements AtIdentifier, Comparable<Did> {

  /** The longest DID, in characters. */
  public static final int MAX_LENGTH = 2048;

  static final String PREFIX = "did:";

  private static final Ascii LAST = Ascii.ALPHANUMERIC.and("._-");
  private static final Ascii INNER = LAST.and(":%");

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
    if (text.length() > MAX_LENGTH || !text.startsWith(PREFIX)) {
      return false;
    }
    int colon = text.indexOf(':', PREFIX.length());
    int last = text.length() - 1;
    return colon > PREFIX.length()
        && colon < last
        && Ascii.LOWER_CASE.hasAll(text, PREFIX.length(), colon)
        && INNER.hasAll(text, colon + 1, last)
        && LAST.has(text.charAt(last));
  }

  /** The method, for example {@code plc}. */
  public String method() {
    return value.substring(PREFIX.length(), methodEnd());
  }

  /** What follows the method and its colon, for example {@code ewvi7nxzyoun6zhxrhs64oiz}. */
  public String identifier() {
    return value.substring(methodEnd() + 1);
  }

  private int methodEnd() {
    return value.indexOf(':', PREFIX.length());
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

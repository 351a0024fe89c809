package io.github.atprotobackfill.syntax;

import java.util.Optional;

/**
 * A content identifier in its text form, for example {@code bafyrei…}: the hash of a block.
 *
 * <p>Only the form of the text is checked, not that it decodes to a hash.
 *
 * @param value the text, as parsed
 * @see <a href="https://atproto.com/specs/data-model">Data model specification</a>
 */
public record Cid(String value) implements Comparable<Cid> {

  /** The shortest CID, in characters. */
  public static final int MIN_LENGTH = 8;

  /** The longest CID, in characters. */
  public static final int MAX_LENGTH = 256;

  private static final Ascii ALLOWED = Ascii.ALPHANUMERIC.and("+=");
  private static final String VERSION_0 = "Qmb";

  public Cid {
    if (!isValid(value)) {
      throw new InvalidSyntaxException("CID", value);
    }
  }

  /** The CID that {@code text} is; throws {@link InvalidSyntaxException} when it is none. */
  public static Cid parse(String text) {
    return new Cid(text);
  }

  /** The CID that {@code text} is, or empty when it is none. */
  public static Optional<Cid> tryParse(String text) {
    return isValid(text) ? Optional.of(new Cid(text)) : Optional.empty();
  }

  private static boolean isValid(String text) {
    return text.length() >= MIN_LENGTH
        && text.length() <= MAX_LENGTH
        && !text.startsWith(VERSION_0)
        && ALLOWED.hasAll(text, 0, text.length());
  }

  @Override
  public int compareTo(Cid other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

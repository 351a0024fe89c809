package io.github.atprotobackfill.syntax;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A content identifier in its text form, for example {@code bafyrei…}: the hash of a block.
 *
 * @param value the text, as parsed
 */
public record Cid(String value) implements Comparable<Cid> {

  /** The longest CID, in characters. */
  public static final int MAX_LENGTH = 256;

  private static final Pattern FORM =
      Pattern.compile("(?!Qmb)[a-zA-Z0-9+=]{8,256}");

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
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
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

package io.github.atprotobackfill.syntax;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A namespaced identifier, for example {@code app.bsky.feed.post}: the name of a collection or of an endpoint.
 *
 * @param value the text, as parsed
 */
public record Nsid(String value) implements Comparable<Nsid> {

  /** The longest NSID, in characters. */
  public static final int MAX_LENGTH = 317;

  private static final Pattern FORM =
      Pattern.compile("[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+(\\.[a-zA-Z]([a-zA-Z0-9]{0,62})?)");

  public Nsid {
    if (!isValid(value)) {
      throw new InvalidSyntaxException("NSID", value);
    }
  }

  /** The NSID that {@code text} is; throws {@link InvalidSyntaxException} when it is none. */
  public static Nsid parse(String text) {
    return new Nsid(text);
  }

  /** The NSID that {@code text} is, or empty when it is none. */
  public static Optional<Nsid> tryParse(String text) {
    return isValid(text) ? Optional.of(new Nsid(text)) : Optional.empty();
  }

  private static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(Nsid other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

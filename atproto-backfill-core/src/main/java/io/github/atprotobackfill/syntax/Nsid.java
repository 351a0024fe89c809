package io.github.atprotobackfill.syntax;

import java.util.Comparator;
import java.util.Optional;

/**
 * A namespaced identifier, for example {@code app.bsky.feed.post}: the name of a collection or of
 * an endpoint.
 *
 * <p>The text is kept as given. The specification advises lower case for the domain part, but a
 * repo's paths are bytes: there two spellings are two collections, and a reader that folded them
 * would lose one.
 *
 * @param value the text, as parsed
 * @see <a href="https://atproto.com/specs/nsid">NSID specification</a>
 */
public record Nsid(String value) implements Comparable<Nsid> {

  /** The longest NSID, in characters. */
  public static final int MAX_LENGTH = 317;

  /** The order in which a repo's tree has its collections: as paths, where '/' ends a name. */
  public static final Comparator<Nsid> TREE_ORDER =
      Comparator.comparing(nsid -> nsid.value() + '/');

  private static final int MAX_NAME_LENGTH = 63;

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
    int firstDot = text.indexOf('.');
    int lastDot = text.lastIndexOf('.');
    return text.length() <= MAX_LENGTH
        && firstDot < lastDot
        && DomainLabel.isLetteredAt(text, 0, firstDot)
        && DomainLabel.areAt(text, firstDot + 1, lastDot)
        && isName(text, lastDot + 1, text.length());
  }

  private static boolean isName(String text, int from, int to) {
    return from < to
        && to - from <= MAX_NAME_LENGTH
        && Ascii.LETTERS.has(text.charAt(from))
        && Ascii.ALPHANUMERIC.hasAll(text, from, to);
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

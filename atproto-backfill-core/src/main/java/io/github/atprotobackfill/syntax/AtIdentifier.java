package io.github.atprotobackfill.syntax;

import java.util.Optional;

/**
 * What names an account: its permanent {@link Did}, or the {@link Handle} it goes by (protocol:
 * at-identifier).
 */
public sealed interface AtIdentifier permits Did, Handle {

  /**
   * The DID or handle that {@code text} is; throws {@link InvalidSyntaxException} when it is none.
   */
  static AtIdentifier parse(String text) {
    return tryParse(text).orElseThrow(() -> new InvalidSyntaxException("DID or handle", text));
  }

  /** The DID or handle that {@code text} is, or empty when it is none. */
  static Optional<AtIdentifier> tryParse(String text) {
    // No text is both: a handle has no colon.
    return text.startsWith(Did.PREFIX)
        ? Did.tryParse(text).map(did -> did)
        : Handle.tryParse(text).map(handle -> handle);
  }
}

package io.github.atprotobackfill.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * Cursors and positions, whose characters a stranger chose, as every database can hold them:
 * PostgreSQL refuses U+0000 in text. They must come back exactly, so nothing is replaced.
 */
final class StoredText {

  private static final char ESCAPE = '\u001a';

  private StoredText() {}

  static @Nullable String encode(@Nullable String text) {
    if (text == null || (text.indexOf('\0') < 0 && text.indexOf(ESCAPE) < 0)) {
      return text;
    }
    return text.replace(ESCAPE + "", ESCAPE + "1").replace("\0", ESCAPE + "0");
  }

  static @Nullable String decode(@Nullable String stored) {
    if (stored == null || stored.indexOf(ESCAPE) < 0) {
      return stored;
    }
    return stored.replace(ESCAPE + "0", "\0").replace(ESCAPE + "1", ESCAPE + "");
  }

  /** Text to be read by people: U+0000 is left out. */
  static @Nullable String readable(@Nullable String text) {
    return text == null || text.indexOf('\0') < 0 ? text : text.replace("\0", "");
  }
}

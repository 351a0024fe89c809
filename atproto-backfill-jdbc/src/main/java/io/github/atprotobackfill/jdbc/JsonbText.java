package io.github.atprotobackfill.jdbc;

/**
 * JSON as PostgreSQL's jsonb takes it. It refuses escapes that stand for no character: {@code
 * \}{@code u0000}, and halves of surrogate pairs.
 */
final class JsonbText {

  private static final String REPLACEMENT = "fffd";
  private static final int HEX_DIGITS = 4;
  private static final int HEX = 16;

  private JsonbText() {}

  /** The text with U+FFFD for what jsonb refuses; the very same object where there is nothing. */
  static String of(String json) {
    StringBuilder changed = null;
    int from = 0;
    int at = json.indexOf('\\');
    while (at >= 0) {
      int next = at + 2;
      if (isUnicodeEscape(json, at)) {
        next = at + 2 + HEX_DIGITS;
        int unit = unit(json, at);
        if (isHighSurrogate(unit) && isLowSurrogateEscape(json, next)) {
          next += 2 + HEX_DIGITS;
        } else if (unit == 0 || isSurrogate(unit)) {
          changed = changed == null ? new StringBuilder(json.length()) : changed;
          changed.append(json, from, at + 2).append(REPLACEMENT);
          from = next;
        }
      }
      at = json.indexOf('\\', next);
    }
    return changed == null ? json : changed.append(json, from, json.length()).toString();
  }

  private static boolean isUnicodeEscape(String json, int at) {
    return json.startsWith("\\u", at) && at + 2 + HEX_DIGITS <= json.length();
  }

  private static boolean isLowSurrogateEscape(String json, int at) {
    return isUnicodeEscape(json, at) && isLowSurrogate(unit(json, at));
  }

  private static boolean isSurrogate(int unit) {
    return isHighSurrogate(unit) || isLowSurrogate(unit);
  }

  private static boolean isHighSurrogate(int unit) {
    return unit >= Character.MIN_HIGH_SURROGATE && unit <= Character.MAX_HIGH_SURROGATE;
  }

  private static boolean isLowSurrogate(int unit) {
    return unit >= Character.MIN_LOW_SURROGATE && unit <= Character.MAX_LOW_SURROGATE;
  }

  /** The UTF-16 unit that is escaped; -1 where the digits are none, which is not ours to mend. */
  private static int unit(String json, int at) {
    int unit = 0;
    for (int i = at + 2; i < at + 2 + HEX_DIGITS; i++) {
      int digit = Character.digit(json.charAt(i), HEX);
      if (digit < 0) {
        return -1;
      }
      unit = unit * HEX + digit;
    }
    return unit;
  }
}

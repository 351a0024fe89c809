package io.github.atprotobackfill.fetch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks of JSON text what a tokenizer leaves unchecked in strings that it skips: that the bytes
 * are strict UTF-8 (no overlong forms, no encoded surrogates, nothing above U+10FFFF) and that
 * escaped surrogates come in pairs. Records hold Unicode text (protocol: data model), and databases
 * refuse anything else.
 */
final class UnicodeCheck {

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long BACKSLASHES = 0x5c5c5c5c5c5c5c5cL;
  private static final int UNICODE_ESCAPE = 6;

  private UnicodeCheck() {}

  /** Whether the well-formed JSON tokens in {@code text[from, to)} are made of true Unicode. */
  static boolean passes(byte[] text, int from, int to) {
    int at = skipPlain(text, from, to);
    while (at < to) {
      int length = text[at] == '\\' ? escape(text, at, to) : character(text, at, to);
      if (length == 0) {
        return false;
      }
      at = skipPlain(text, at + length, to);
    }
    return true;
  }

  private static int skipPlain(byte[] text, int from, int to) {
    int at = from;
    while (at + Long.BYTES <= to && isPlain((long) EIGHT_BYTES.get(text, at))) {
      at += Long.BYTES;
    }
    while (at < to && text[at] >= 0 && text[at] != '\\') {
      at++;
    }
    return at;
  }

  private static boolean isPlain(long eight) {
    long zeroWhereBackslash = eight ^ BACKSLASHES;
    long backslash = (zeroWhereBackslash - LOW_BITS) & ~zeroWhereBackslash & HIGH_BITS;
    return ((eight & HIGH_BITS) | backslash) == 0;
  }

  /** The length of the escape (of the pair, for surrogates), or 0 for half a pair. */
  private static int escape(byte[] text, int at, int to) {
    return switch (surrogate(text, at, to)) {
      case NONE -> 2;
      case LOW -> 0;
      case HIGH ->
          surrogate(text, at + UNICODE_ESCAPE, to) == Surrogate.LOW ? 2 * UNICODE_ESCAPE : 0;
    };
  }

  private enum Surrogate {
    NONE,
    HIGH,
    LOW
  }

  private static Surrogate surrogate(byte[] text, int at, int to) {
    boolean escaped =
        at + UNICODE_ESCAPE <= to
            && text[at] == '\\'
            && text[at + 1] == 'u'
            && (text[at + 2] | 0x20) == 'd';
    if (!escaped) {
      return Surrogate.NONE;
    }
    int nibble = Character.digit(text[at + 3], 16);
    if (nibble < 8) {
      return Surrogate.NONE;
    }
    return nibble < 12 ? Surrogate.HIGH : Surrogate.LOW;
  }

  /** The length of the UTF-8 sequence of a non-ASCII character, or 0 when it is none. */
  private static int character(byte[] text, int at, int to) {
    int first = text[at] & 0xff;
    int length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + length > to) {
      return 0;
    }
    int second = text[at + 1] & 0xff;
    if (second < lowestSecond(first) || second > highestSecond(first)) {
      return 0;
    }
    for (int i = at + 2; i < at + length; i++) {
      if ((text[i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  // The Unicode Standard, table 3-7: well-formed UTF-8 byte sequences.
  private static int lowestSecond(int first) {
    return first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  }

  private static int highestSecond(int first) {
    return first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  }
}

package io.github.atprotobackfill.repo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Text, eight bytes at a time: the long runs of bytes in it that JSON takes as they are. What
 * beyond ASCII is a character is for {@link Utf8} to say, or of one by itself for {@link
 * #character}.
 */
final class CborText {

  /** Little-endian, so that the lowest bits are those of the first byte. */
  static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static final int EIGHT = Long.BYTES;

  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH_BITS = EACH << 7;
  private static final long QUOTES = EACH * '"';
  private static final long BACKSLASHES = EACH * '\\';
  private static final long BLANKS = EACH * ' ';

  private CborText() {}

  /**
   * How many of these eight bytes come before the first that is not plain: before a quote, a
   * backslash, a control character or a part of a character beyond ASCII.
   */
  static int plainBytes(long eight) {
    long quote = eight ^ QUOTES;
    long backslash = eight ^ BACKSLASHES;
    // Of the bytes found this way the first is always a true one; a borrow only goes upwards.
    long found = eight | ((eight - BLANKS) & ~eight);
    found |= (quote - EACH) & ~quote;
    found |= (backslash - EACH) & ~backslash;
    return Long.numberOfTrailingZeros(found & HIGH_BITS) >>> 3;
  }

  /**
   * A bit in each of these eight bytes that JSON must escape: a quote, a backslash or a control
   * character. Above the lowest bit there may be wrong ones.
   */
  static long escapes(long eight) {
    // A byte with a borrow out of it has its high bit set, and it goes to higher bytes only.
    return ((eight - BLANKS) | ((eight ^ QUOTES) - EACH) | ((eight ^ BACKSLASHES) - EACH))
        & ~eight
        & HIGH_BITS;
  }

  /** How many bytes come before the first that {@link #escapes} found. */
  static int before(long escapes) {
    return Long.numberOfTrailingZeros(escapes) >>> 3;
  }

  /** The next bytes of a text that ends at {@code to}; blanks behind them if fewer than eight. */
  static long upToEight(byte[] text, int at, int to) {
    int bits = (to - at) * Byte.SIZE;
    if (bits >= Long.SIZE) {
      return (long) EIGHT_BYTES.get(text, at);
    }
    return BLANKS << bits
        | (at + EIGHT <= text.length ? first(text, at, bits) : last(text, at, to));
  }

  private static long first(byte[] text, int at, int bits) {
    return (long) EIGHT_BYTES.get(text, at) & ((1L << bits) - 1);
  }

  private static long last(byte[] text, int at, int to) {
    long eight = 0;
    for (int i = to - 1; i >= at; i--) {
      eight = eight << Byte.SIZE | (text[i] & 0xff);
    }
    return eight;
  }

  /** Whether one byte is plain. */
  static boolean isPlain(byte b) {
    return b >= ' ' && b != '"' && b != '\\';
  }

  /** Where the plain bytes from {@code from} end. */
  static int plainEnd(byte[] text, int from, int to) {
    int at = from;
    while (at + EIGHT <= to) {
      int plain = plainBytes((long) EIGHT_BYTES.get(text, at));
      at += plain;
      if (plain < EIGHT) {
        return at;
      }
    }
    while (at < to && isPlain(text[at])) {
      at++;
    }
    return at;
  }

  /** Whether the eight bytes from {@code at} on, which must be there, are ASCII. */
  static boolean isAscii(byte[] text, int at) {
    return isAscii((long) EIGHT_BYTES.get(text, at));
  }

  /** Whether all of these eight bytes are ASCII. */
  static boolean isAscii(long eight) {
    return (eight & HIGH_BITS) == 0;
  }

  /** The number of bytes of the character beyond ASCII at {@code at}, or 0 when it is none. */
  static int character(byte[] text, int at, int to) {
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

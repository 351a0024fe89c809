package io.github.atprotobackfill.repo;

import java.util.Arrays;

/** Base32 as CIDs use it: RFC 4648, lower case, no padding, and no bits lost at the end. */
final class Base32 {

  static final int MALFORMED = -1;

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int BITS = 5;

  /** The two characters of each ten bits, the first in the high byte. */
  private static final short[] PAIRS = pairs();

  private static final byte[] VALUES = values();

  private Base32() {}

  /** The number of characters that {@code bytes} bytes become. */
  static int length(int bytes) {
    return (bytes * Byte.SIZE + BITS - 1) / BITS;
  }

  /** Writes {@code bytes[from, to)} as text into {@code text} from {@code at}; gives its end. */
  static int encode(byte[] bytes, int from, int to, byte[] text, int at) {
    int next = from;
    int end = at;
    for (; next + BITS <= to; next += BITS) {
      long forty =
          ((bytes[next] & 0xffL) << 32)
              | ((bytes[next + 1] & 0xffL) << 24)
              | ((bytes[next + 2] & 0xff) << 16)
              | ((bytes[next + 3] & 0xff) << 8)
              | (bytes[next + 4] & 0xff);
      end = pair((int) (forty >>> 30), text, end);
      end = pair((int) (forty >>> 20) & 0x3ff, text, end);
      end = pair((int) (forty >>> 10) & 0x3ff, text, end);
      end = pair((int) forty & 0x3ff, text, end);
    }
    return encodeRest(bytes, next, to, text, end);
  }

  private static int pair(int tenBits, byte[] text, int at) {
    short pair = PAIRS[tenBits];
    text[at] = (byte) (pair >> 8);
    text[at + 1] = (byte) pair;
    return at + 2;
  }

  private static int encodeRest(byte[] bytes, int from, int to, byte[] text, int at) {
    int end = at;
    int held = 0;
    int bits = 0;
    for (int i = from; i < to; i++) {
      held = (held << Byte.SIZE) | (bytes[i] & 0xff);
      bits += Byte.SIZE;
      while (bits >= BITS) {
        bits -= BITS;
        text[end++] = (byte) ALPHABET.charAt((held >> bits) & 0x1f);
      }
    }
    if (bits > 0) {
      text[end++] = (byte) ALPHABET.charAt((held << (BITS - bits)) & 0x1f);
    }
    return end;
  }

  /**
   * Writes the bytes that {@code text[from, to)} stands for to the start of {@code bytes} and gives
   * their number, or {@link #MALFORMED} when it is not their one text or they do not fit.
   */
  static int decode(byte[] text, int from, int to, byte[] bytes) {
    int length = 0;
    int held = 0;
    int bits = 0;
    for (int i = from; i < to; i++) {
      int value = text[i] < 0 ? MALFORMED : VALUES[text[i]];
      if (value < 0) {
        return MALFORMED;
      }
      held = ((held << BITS) | value) & 0xfff;
      bits += BITS;
      if (bits >= Byte.SIZE) {
        bits -= Byte.SIZE;
        if (length == bytes.length) {
          return MALFORMED;
        }
        bytes[length++] = (byte) (held >> bits);
      }
    }
    boolean whole = bits < BITS && (held & ((1 << bits) - 1)) == 0;
    return whole ? length : MALFORMED;
  }

  private static short[] pairs() {
    short[] pairs = new short[1 << (2 * BITS)];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = (short) ((ALPHABET.charAt(i >> BITS) << 8) | ALPHABET.charAt(i & 0x1f));
    }
    return pairs;
  }

  private static byte[] values() {
    byte[] values = new byte[Byte.MAX_VALUE + 1];
    Arrays.fill(values, (byte) MALFORMED);
    for (int i = 0; i < ALPHABET.length(); i++) {
      values[ALPHABET.charAt(i)] = (byte) i;
    }
    return values;
  }
}

package io.github.atprotobackfill.testkit.network;

import java.util.Arrays;

/** Base 32 in lower case and without padding (RFC 4648), as DIDs and CIDs are written. */
final class Base32 {

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final byte[] DIGITS = digits();

  private Base32() {}

  static String encode(byte[] bytes) {
    char[] text = new char[(bytes.length * 8 + 4) / 5];
    int at = 0;
    int bits = 0;
    int held = 0;
    for (byte b : bytes) {
      held = (held << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text[at++] = ALPHABET.charAt((held >>> bits) & 31);
      }
      held &= 31;
    }
    if (bits > 0) {
      text[at] = ALPHABET.charAt((held << (5 - bits)) & 31);
    }
    return new String(text);
  }

  /** The whole bytes that {@code text} stands for, or an empty array when it is not base 32. */
  static byte[] decode(String text) {
    byte[] bytes = new byte[text.length() * 5 / 8];
    int at = 0;
    int bits = 0;
    int held = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) < 128 ? DIGITS[text.charAt(i)] : -1;
      if (digit < 0) {
        return new byte[0];
      }
      held = (held << 5) | digit;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (byte) (held >>> bits);
        held &= (1 << bits) - 1;
      }
    }
    return bytes;
  }

  private static byte[] digits() {
    byte[] digits = new byte[128];
    Arrays.fill(digits, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      digits[ALPHABET.charAt(i)] = (byte) i;
    }
    return digits;
  }
}

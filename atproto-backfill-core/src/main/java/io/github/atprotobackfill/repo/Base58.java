package io.github.atprotobackfill.repo;

import java.util.Arrays;
import java.util.Optional;

/**
 * The alphabet of Bitcoin's addresses, in which keys are written (multibase {@code z}): a number to
 * the base 58, and a {@code 1} for every zero byte before it. So every text stands for exactly one
 * array of bytes, and the other way round.
 */
final class Base58 {

  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final int BASE = ALPHABET.length();
  private static final char ZERO = ALPHABET.charAt(0);
  private static final int[] DIGITS = digits();

  private Base58() {}

  private static int[] digits() {
    int[] digits = new int[1 << 7];
    Arrays.fill(digits, -1);
    for (int digit = 0; digit < BASE; digit++) {
      digits[ALPHABET.charAt(digit)] = digit;
    }
    return digits;
  }

  static String encode(byte[] bytes) {
    int zeros = leadingZeros(bytes);
    int[] digits = new int[charsFor(bytes.length - zeros)];
    int first = digits.length;
    for (int i = zeros; i < bytes.length; i++) {
      int carry = bytes[i] & 0xff;
      int at = digits.length;
      while (carry != 0 || at > first) {
        carry += digits[--at] << Byte.SIZE;
        digits[at] = carry % BASE;
        carry /= BASE;
      }
      first = at;
    }
    StringBuilder text = new StringBuilder(zeros + digits.length - first);
    text.append(String.valueOf(ZERO).repeat(zeros));
    for (int at = first; at < digits.length; at++) {
      text.append(ALPHABET.charAt(digits[at]));
    }
    return text.toString();
  }

  /**
   * The bytes for which {@code text} stands from {@code start} on; empty when a character is not of
   * the alphabet, or when they are more than {@code most}. The work is bounded by {@code most},
   * whatever the text.
   */
  static Optional<byte[]> decode(String text, int start, int most) {
    if (text.length() - start > charsFor(most)) {
      return Optional.empty();
    }
    byte[] bytes = new byte[most];
    int first = most;
    for (int i = start; i < text.length(); i++) {
      int carry = digit(text.charAt(i));
      if (carry < 0) {
        return Optional.empty();
      }
      int at = most;
      while (carry != 0 || at > first) {
        if (at == 0) {
          return Optional.empty();
        }
        carry += (bytes[--at] & 0xff) * BASE;
        bytes[at] = (byte) carry;
        carry >>>= Byte.SIZE;
      }
      first = at;
    }
    int zeros = leadingOnes(text, start);
    return zeros > first
        ? Optional.empty()
        : Optional.of(Arrays.copyOfRange(bytes, first - zeros, most));
  }

  /** More than enough characters for so many bytes: 138 are needed for 100. */
  private static int charsFor(int bytes) {
    return bytes * 138 / 100 + 1;
  }

  private static int digit(char character) {
    return character < DIGITS.length ? DIGITS[character] : -1;
  }

  private static int leadingZeros(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    return zeros;
  }

  private static int leadingOnes(String text, int start) {
    int end = start;
    while (end < text.length() && text.charAt(end) == ZERO) {
      end++;
    }
    return end - start;
  }
}

package io.github.atprotobackfill.testkit.network;

/** Writes timestamp identifiers (protocol: TID). */
final class TidText {

  private static final char[] ALPHABET = "234567abcdefghijklmnopqrstuvwxyz".toCharArray();
  private static final int LENGTH = 13;

  private TidText() {}

  /**
   * The TID of a time.
   *
   * @param micros microseconds since 1970
   * @param clock 0 … 1023
   */
  static String of(long micros, int clock) {
    long number = (micros << 10) | clock;
    char[] text = new char[LENGTH];
    for (int i = LENGTH - 1; i >= 0; i--) {
      text[i] = ALPHABET[(int) (number & 31)];
      number >>>= 5;
    }
    return new String(text);
  }
}

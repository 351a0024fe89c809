package io.github.atprotobackfill.testkit.network;

/** Writes timestamp identifiers (protocol: TID). */
final class TidText {

  private static final String ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 13;
  private static final int CLOCK_BITS = 10;

  private TidText() {}

  /**
   * The TID of a time.
   *
   * @param micros microseconds since 1970
   * @param clock 0 … 1023
   */
  static String of(long micros, int clock) {
    return of(number(micros, clock));
  }

  /** The number that is written as the TID of a time; numbers are ordered as their TIDs are. */
  static long number(long micros, int clock) {
    return (micros << CLOCK_BITS) | clock;
  }

  /** The number that {@code tid} writes. */
  static long number(String tid) {
    long number = 0;
    for (int i = 0; i < LENGTH; i++) {
      number = (number << 5) | ALPHABET.indexOf(tid.charAt(i));
    }
    return number;
  }

  static String of(long number) {
    char[] text = new char[LENGTH];
    long rest = number;
    for (int i = LENGTH - 1; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (rest & 31));
      rest >>>= 5;
    }
    return new String(text);
  }
}

package io.github.atprotobackfill.repo;

/**
 * Strict UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF), checked by an automaton:
 * for each byte it knows what comes of every state, packed into one number. A state is by how many
 * bits to shift that number to have the next state in its lowest bits, so that a step is a load and
 * a shift, and nothing is left for the processor to mispredict where scripts mix.
 */
final class Utf8 {

  private static final int STATE_BITS = 6;
  private static final int STATE = (1 << STATE_BITS) - 1;

  private static final int WHOLE = 0;
  private static final int ONE_MORE = STATE_BITS;
  private static final int TWO_MORE = 2 * STATE_BITS;
  private static final int THREE_MORE = 3 * STATE_BITS;
  private static final int AFTER_E0 = 4 * STATE_BITS;
  private static final int AFTER_ED = 5 * STATE_BITS;
  private static final int AFTER_F0 = 6 * STATE_BITS;
  private static final int AFTER_F4 = 7 * STATE_BITS;
  private static final int MALFORMED = 8 * STATE_BITS;

  private static final long[] STEPS = steps();

  private Utf8() {}

  /** Whether all of {@code text[from, to)} is UTF-8. */
  static boolean isValid(byte[] text, int from, int to) {
    int at = from;
    while (at + CborText.EIGHT <= to && CborText.isAscii(text, at)) {
      at += CborText.EIGHT;
    }
    // Only the lowest bits are the state; a shift looks at no others.
    long state = WHOLE;
    for (; at < to; at++) {
      state = STEPS[text[at] & 0xff] >>> state;
    }
    return (state & STATE) == WHOLE;
  }

  // The Unicode Standard, table 3-7: well-formed UTF-8 byte sequences.
  private static long[] steps() {
    long[] steps = new long[1 << Byte.SIZE];
    for (int b = 0; b < steps.length; b++) {
      steps[b] =
          step(WHOLE, first(b))
              | step(ONE_MORE, continued(b, 0x80, 0xbf, WHOLE))
              | step(TWO_MORE, continued(b, 0x80, 0xbf, ONE_MORE))
              | step(THREE_MORE, continued(b, 0x80, 0xbf, TWO_MORE))
              | step(AFTER_E0, continued(b, 0xa0, 0xbf, ONE_MORE))
              | step(AFTER_ED, continued(b, 0x80, 0x9f, ONE_MORE))
              | step(AFTER_F0, continued(b, 0x90, 0xbf, TWO_MORE))
              | step(AFTER_F4, continued(b, 0x80, 0x8f, TWO_MORE))
              | step(MALFORMED, MALFORMED);
    }
    return steps;
  }

  private static long step(int before, long after) {
    return after << before;
  }

  private static int first(int b) {
    if (b < 0x80) {
      return WHOLE;
    }
    if (b < 0xc2 || b > 0xf4) {
      return MALFORMED;
    }
    return switch (b) {
      case 0xe0 -> AFTER_E0;
      case 0xed -> AFTER_ED;
      case 0xf0 -> AFTER_F0;
      case 0xf4 -> AFTER_F4;
      default -> b < 0xe0 ? ONE_MORE : b < 0xf0 ? TWO_MORE : THREE_MORE;
    };
  }

  private static int continued(int b, int lowest, int highest, int after) {
    return b >= lowest && b <= highest ? after : MALFORMED;
  }
}

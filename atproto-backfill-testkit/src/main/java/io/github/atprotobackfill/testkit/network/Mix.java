package io.github.atprotobackfill.testkit.network;

/**
 * Seeded hashing. Every fact of the network is a pure function of the seed and a few numbers, which
 * is why a million accounts need no memory.
 */
final class Mix {

  private static final long FIRST = 0xbf58476d1ce4e5b9L;
  private static final long SECOND = 0x94d049bb133111ebL;
  private static final long FIRST_INVERSE = inverse(FIRST);
  private static final long SECOND_INVERSE = inverse(SECOND);

  private Mix() {}

  /** A hash of two numbers. */
  static long of(long a, long b) {
    return scramble(scramble(a) + 0x9e3779b97f4a7c15L * (b + 1));
  }

  /** A hash of three numbers. */
  static long of(long a, long b, long c) {
    return of(of(a, b), c);
  }

  /** The upper 53 bits of a hash as a number of [0, 1). */
  static double unit(long hash) {
    return (hash >>> 11) * 0x1.0p-53;
  }

  /** The finalizer of SplitMix64: a bijection, undone by {@link #unscramble}. */
  static long scramble(long x) {
    long z = (x ^ (x >>> 30)) * FIRST;
    z = (z ^ (z >>> 27)) * SECOND;
    return z ^ (z >>> 31);
  }

  static long unscramble(long x) {
    long z = (x ^ (x >>> 31) ^ (x >>> 62)) * SECOND_INVERSE;
    z = (z ^ (z >>> 27) ^ (z >>> 54)) * FIRST_INVERSE;
    return z ^ (z >>> 30) ^ (z >>> 60);
  }

  /** The inverse of an odd number modulo 2^64; each Newton step doubles the correct bits. */
  private static long inverse(long odd) {
    long x = odd;
    for (int step = 0; step < 5; step++) {
      x *= 2 - odd * x;
    }
    return x;
  }
}

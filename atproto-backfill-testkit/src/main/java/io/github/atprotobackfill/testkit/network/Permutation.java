package io.github.atprotobackfill.testkit.network;

/**
 * A seeded reordering of the numbers 0 … size-1 that needs no table: a four-round Feistel network
 * over the next even power of two, walked until it lands inside.
 */
final class Permutation {

  private static final int ROUNDS = 4;

  private final long key;
  private final long size;
  private final int halfBits;
  private final long halfMask;

  Permutation(long key, long size) {
    this.key = key;
    this.size = size;
    int bits = 64 - Long.numberOfLeadingZeros(Math.max(size - 1, 1));
    this.halfBits = (bits + 1) / 2;
    this.halfMask = (1L << halfBits) - 1;
  }

  /** Where {@code position} goes. */
  long of(long position) {
    long x = position;
    do {
      x = feistel(x);
    } while (x >= size);
    return x;
  }

  private long feistel(long x) {
    long left = x >>> halfBits;
    long right = x & halfMask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ (Mix.of(key, round, right) & halfMask);
      left = right;
      right = next;
    }
    return (left << halfBits) | right;
  }
}

package io.github.atprotobackfill.testkit.network;

import java.util.Arrays;

/**
 * Splits a whole number by weights so that the parts add up to it: part k ends where the k-th
 * cumulated weight does, after a common random shift, so that no part is always rounded down.
 */
final class Shares {

  private final double[] ends;

  Shares(double[] weights) {
    this.ends = weights.clone();
    double sum = Arrays.stream(weights).sum();
    double running = 0;
    for (int k = 0; k < ends.length; k++) {
      running += weights[k] / sum;
      ends[k] = running;
    }
    ends[ends.length - 1] = 1;
  }

  /** The same weight for each of {@code parts} parts. */
  static Shares even(int parts) {
    return zipf(parts, 0);
  }

  /** The n-th part weighs {@code 1 / n^exponent}. */
  static Shares zipf(int parts, double exponent) {
    double[] weights = new double[parts];
    for (int k = 0; k < parts; k++) {
      weights[k] = 1 / StrictMath.pow(k + 1.0, exponent);
    }
    return new Shares(weights);
  }

  int parts() {
    return ends.length;
  }

  /** Where part {@code k} of {@code whole} begins; {@code k = parts()} is the end of the last. */
  int start(int whole, int k, double shift) {
    if (k == 0) {
      return 0;
    }
    if (k == ends.length) {
      return whole;
    }
    return (int) Math.min(whole, Math.floor(whole * ends[k - 1] + shift));
  }

  /** The size of part {@code k} of {@code whole}. */
  int part(int whole, int k, double shift) {
    return start(whole, k + 1, shift) - start(whole, k, shift);
  }

  /** The part in which {@code item} of {@code whole} lies. */
  int partOf(int item, int whole, double shift) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (item < start(whole, middle + 1, shift)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}

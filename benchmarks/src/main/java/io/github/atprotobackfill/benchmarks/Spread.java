package io.github.atprotobackfill.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * One figure as several rounds gave it.
 *
 * @param median the middle one; of an even number the mean of the two
 * @param least the smallest
 * @param most the greatest
 */
record Spread(double median, double least, double most) {

  static Spread of(List<Double> figures) {
    double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f [%.2f-%.2f]", median, least, most);
  }
}

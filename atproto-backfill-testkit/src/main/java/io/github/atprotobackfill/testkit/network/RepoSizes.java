package io.github.atprotobackfill.testkit.network;

import java.util.List;

/** How many records each account has. Immutable; a pure function of the network's seed. */
public final class RepoSizes {

  /** What a distribution may go by. */
  @FunctionalInterface
  private interface Law {

    /**
     * The size of one repo.
     *
     * @param account the account's number
     * @param rank its place in a random order of all accounts
     * @param hash its random number
     */
    double size(int account, long rank, long hash);
  }

  private static final long MOST = 100_000_000;

  private final Law law;

  private RepoSizes(Law law) {
    this.law = law;
  }

  /** Every account has {@code records} records. */
  public static RepoSizes fixed(int records) {
    check(records >= 0, "records must not be negative");
    return new RepoSizes((account, rank, hash) -> records);
  }

  /** From {@code least} to {@code most} records, each as likely. */
  public static RepoSizes uniform(int least, int most) {
    check(least >= 0 && least <= most, "0 <= least <= most is needed");
    return new RepoSizes(
        (account, rank, hash) -> least + Mix.unit(hash) * ((double) most - least + 1));
  }

  /**
   * The largest account has {@code largest} records, the n-th largest {@code largest / n^exponent}:
   * a few very large ones and a long tail of accounts with one record.
   */
  public static RepoSizes zipf(int largest, double exponent) {
    check(largest >= 1 && exponent > 0, "largest >= 1 and exponent > 0 are needed");
    return new RepoSizes(
        (account, rank, hash) -> Math.max(1, largest / StrictMath.pow(rank + 1.0, exponent)));
  }

  /**
   * Half of the accounts have fewer than {@code median} records.
   *
   * @param median at least 1
   * @param sigma the standard deviation of the logarithm; 1.5 is much like the real network
   */
  public static RepoSizes logNormal(double median, double sigma) {
    check(median >= 1 && sigma >= 0, "median >= 1 and sigma >= 0 are needed");
    return new RepoSizes(
        (account, rank, hash) -> StrictMath.exp(StrictMath.log(median) + sigma * gaussian(hash)));
  }

  /** The sizes given, in the order of the accounts' numbers, again from the start when used up. */
  public static RepoSizes of(int... records) {
    List<Integer> sizes = java.util.Arrays.stream(records).boxed().toList();
    check(!sizes.isEmpty() && sizes.stream().allMatch(n -> n >= 0), "sizes >= 0 are needed");
    return new RepoSizes((account, rank, hash) -> sizes.get(account % sizes.size()));
  }

  int size(int account, long rank, long hash) {
    return (int) Math.min(MOST, Math.max(0, law.size(account, rank, hash)));
  }

  /** Box and Muller's transform; {@code StrictMath} gives the same bits on every machine. */
  private static double gaussian(long hash) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - Mix.unit(hash)));
    return radius * StrictMath.cos(2 * Math.PI * Mix.unit(Mix.scramble(hash)));
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}

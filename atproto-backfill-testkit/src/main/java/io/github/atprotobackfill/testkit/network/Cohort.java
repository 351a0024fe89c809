package io.github.atprotobackfill.testkit.network;

/**
 * Accounts of one status, numbered in a row, and in a row on each host too: so the host of an
 * account and the accounts of a host are both found without a table.
 *
 * @param status how they stand at first
 * @param first the number of the first account
 * @param count how many
 * @param spread how they are spread over the hosts
 * @param shift what sets the rounding of small cohorts apart from each other, 0 to 1
 */
record Cohort(AccountStatus status, int first, int count, Shares spread, double shift) {

  boolean contains(int account) {
    return account >= first && account < first + count;
  }

  int host(int account) {
    return spread.partOf(account - first, count, shift);
  }

  Numbers onHost(int host) {
    return new Numbers(
        first + spread.start(count, host, shift), first + spread.start(count, host + 1, shift));
  }

  /** The numbers {@code from} (inclusive) to {@code to} (exclusive). */
  record Numbers(int from, int to) {}
}

package io.github.atprotobackfill.examples.soak;

import java.time.Duration;

/**
 * What a soak is made of. The schedule of mishaps follows from the seed: which they are, whom they
 * strike, and after how many more requests to the hosts.
 *
 * @param store where the fleet keeps its progress
 * @param seed of the network, its changes and the mishaps
 * @param lasts how long further jobs are begun
 * @param leastJobs how many there are in any case
 * @param workers how many processes work on each job
 * @param accounts how many the network has
 * @param latency of every answer of a host
 * @param lease how long a dead worker's repos stay its own
 * @param leastApart how many requests lie between two mishaps at least
 * @param mostApart and at most
 */
record SoakPlan(
    StorePlace.Kind store,
    long seed,
    Duration lasts,
    int leastJobs,
    int workers,
    int accounts,
    Duration latency,
    Duration lease,
    int leastApart,
    int mostApart) {

  /** A few seconds of it, for every build. */
  static SoakPlan brief(StorePlace.Kind store, long seed) {
    return new SoakPlan(
        store,
        seed,
        Duration.ZERO,
        2,
        3,
        180,
        Duration.ofMillis(50),
        Duration.ofSeconds(2),
        25,
        60);
  }

  /** As long as it takes. */
  static SoakPlan lasting(StorePlace.Kind store, long seed, Duration lasts, int workers) {
    return new SoakPlan(
        store,
        seed,
        lasts,
        1,
        workers,
        1500,
        Duration.ofMillis(50),
        Duration.ofSeconds(3),
        60,
        300);
  }
}

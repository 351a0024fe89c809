package io.github.atprotobackfill.fetch;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** What reading repos at one host, or at all, has been like. Thread-safe. */
final class HostExperience {

  private final ReentrantLock lock = new ReentrantLock();
  private volatile Averages averages;

  /** Begins with what is known elsewhere. */
  HostExperience(Averages known) {
    this.averages = known;
  }

  Averages averages() {
    return averages;
  }

  void learn(UnaryOperator<Averages> more) {
    lock.lock();
    try {
      averages = more.apply(averages);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Averages in which the latest values weigh most. Those of sizes and rates are geometric, so that
   * one huge repo does not pass for what is usual.
   *
   * @param carBytes bytes of a whole repo
   * @param bytesPerSecond at which one comes
   * @param roundTripSeconds of a small exchange
   * @param collections that a repo has
   * @param collectionRecords records of one collection of one repo
   */
  record Averages(
      double carBytes,
      double bytesPerSecond,
      double roundTripSeconds,
      double collections,
      double collectionRecords) {

    /**
     * What is known of the network at large: repos of 218 records of 594 bytes in some six
     * collections, and a connection of 2 MB/s with 50 ms there and back.
     */
    static final Averages OF_NETWORK = new Averages(218 * 594, 2e6, 0.05, 6, 36);

    /** How much of an average a new value makes up. */
    private static final double WEIGHT = 0.1;

    /** A repo came whole. */
    Averages exported(double bytes, double seconds) {
      double transfer = seconds - roundTripSeconds;
      double rate = transfer > 0 ? grown(bytesPerSecond, bytes / transfer) : bytesPerSecond;
      return new Averages(
          grown(carBytes, bytes), rate, roundTripSeconds, collections, collectionRecords);
    }

    /** A small question was answered. */
    Averages answered(double seconds) {
      double roundTrip = moved(roundTripSeconds, seconds);
      return new Averages(carBytes, bytesPerSecond, roundTrip, collections, collectionRecords);
    }

    /** A repo turned out to have so many collections. */
    Averages described(int count) {
      double moved = moved(collections, count);
      return new Averages(carBytes, bytesPerSecond, roundTripSeconds, moved, collectionRecords);
    }

    /** A collection was listed to its end. */
    Averages listed(double records) {
      double grown = grown(collectionRecords, records);
      return new Averages(carBytes, bytesPerSecond, roundTripSeconds, collections, grown);
    }

    private static double grown(double average, double value) {
      return Math.exp(moved(Math.log1p(average), Math.log1p(value))) - 1;
    }

    private static double moved(double average, double value) {
      return average + WEIGHT * (value - average);
    }
  }
}

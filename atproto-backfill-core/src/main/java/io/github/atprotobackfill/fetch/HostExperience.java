package io.github.atprotobackfill.fetch;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What reading repos at one host, or at all, has been like: averages in which the latest readings
 * weigh most, beginning with a guess. Thread-safe.
 */
final class HostExperience {

  /** How much of an average a new value makes up. */
  private static final double WEIGHT = 0.1;

  private final ReentrantLock lock = new ReentrantLock();
  private double carBytes;
  private double carRecords;
  private double bytesPerSecond;
  private double roundTripSeconds;
  private double collectionRecords;
  private double collections;

  private HostExperience(
      double carBytes,
      double carRecords,
      double bytesPerSecond,
      double roundTripSeconds,
      double collectionRecords,
      double collections) {
    this.carBytes = carBytes;
    this.carRecords = carRecords;
    this.bytesPerSecond = bytesPerSecond;
    this.roundTripSeconds = roundTripSeconds;
    this.collectionRecords = collectionRecords;
    this.collections = collections;
  }

  /** The averages at one moment. */
  record Averages(
      double carBytes,
      double carRecords,
      double bytesPerSecond,
      double roundTripSeconds,
      double collectionRecords,
      double collections) {}

  /**
   * What is known of the network at large: repos of 218 records in some six collections and 594
   * bytes a record, and a connection of 2 MB/s with 50 ms there and back.
   */
  static HostExperience ofNetwork() {
    return new HostExperience(218 * 594, 218, 2e6, 0.05, 36, 6);
  }

  /** Begins with what is known elsewhere. */
  static HostExperience like(Averages known) {
    return new HostExperience(
        known.carBytes,
        known.carRecords,
        known.bytesPerSecond,
        known.roundTripSeconds,
        known.collectionRecords,
        known.collections);
  }

  Averages averages() {
    lock.lock();
    try {
      return new Averages(
          carBytes, carRecords, bytesPerSecond, roundTripSeconds, collectionRecords, collections);
    } finally {
      lock.unlock();
    }
  }

  /** A repo came whole. */
  void exported(long bytes, long records, double seconds) {
    lock.lock();
    try {
      carBytes = moved(carBytes, (double) bytes);
      carRecords = moved(carRecords, (double) records);
      double transfer = seconds - roundTripSeconds;
      if (transfer > 0 && bytes > 0) {
        bytesPerSecond = moved(bytesPerSecond, bytes / transfer);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A small exchange took so long. */
  void exchanged(double seconds) {
    lock.lock();
    try {
      roundTripSeconds = moved(roundTripSeconds, seconds);
    } finally {
      lock.unlock();
    }
  }

  /** A repo turned out to have so many collections. */
  void described(int count) {
    lock.lock();
    try {
      collections = moved(collections, count);
    } finally {
      lock.unlock();
    }
  }

  /** A collection was listed to its end. */
  void listed(long records) {
    lock.lock();
    try {
      collectionRecords = moved(collectionRecords, (double) records);
    } finally {
      lock.unlock();
    }
  }

  private static double moved(double average, double value) {
    return average + WEIGHT * (value - average);
  }
}

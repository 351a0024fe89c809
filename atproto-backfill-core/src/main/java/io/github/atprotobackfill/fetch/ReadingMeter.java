package io.github.atprotobackfill.fetch;

/** Is told what reading a repo took. Called by the reading's thread. */
interface ReadingMeter {

  /** Learns nothing. */
  ReadingMeter NONE = new ReadingMeter() {};

  /** The repo came whole. */
  default void exported(long bytes, double seconds) {}

  /** The host does not give whole repos. */
  default void exportNotOffered() {}

  /** A small question was answered after so long. */
  default void answered(double seconds) {}

  /** The repo has so many collections. */
  default void described(int collections) {}

  /** A collection was listed from its beginning to its end. */
  default void listed(long records) {}
}

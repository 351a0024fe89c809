package io.github.atprotobackfill.testkit.network;

/**
 * How an answer travels.
 *
 * @param latencyMillis the wait before its first byte
 * @param bytesPerSecond the speed of its body; {@link Long#MAX_VALUE} for as fast as it goes
 * @param ending how it ends
 */
record Delivery(long latencyMillis, long bytesPerSecond, Ending ending) {

  static final Delivery WHOLE = new Delivery(0, Long.MAX_VALUE, new Ending.Whole());

  /** How an answer ends. */
  sealed interface Ending {

    /** As it should. */
    record Whole() implements Ending {}

    /** Reset after half of the body. */
    record Reset() implements Ending {}

    /** Nothing is ever sent; the connection stays open until the client gives up. */
    record Silence() implements Ending {}

    /** White space goes on until the body has this many bytes. */
    record Padded(long bytes, boolean gzip) implements Ending {}
  }

  Delivery later(long millis) {
    return new Delivery(latencyMillis + millis, bytesPerSecond, ending);
  }

  Delivery slower(long bytes) {
    return new Delivery(latencyMillis, Math.min(bytesPerSecond, bytes), ending);
  }

  Delivery ending(Ending other) {
    return new Delivery(latencyMillis, bytesPerSecond, other);
  }
}

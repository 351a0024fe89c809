package io.github.atprotobackfill.redis.stream;

/**
 * How far an indexer has come since it was made.
 *
 * @param indexed events that the sink has
 * @param skipped events that a sink has no use for: markers, handles, types of a later version
 * @param overtaken records that had been deleted already when they came
 * @param dead entries that went to the dead letters
 * @param failures how often the sink or Redis failed as a whole, and was tried again
 */
public record IndexerProgress(
    long indexed, long skipped, long overtaken, long dead, long failures) {

  /** Entries that are done with, one way or the other. */
  public long processed() {
    return indexed + skipped + overtaken + dead;
  }
}

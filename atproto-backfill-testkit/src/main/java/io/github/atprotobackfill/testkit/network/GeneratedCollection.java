package io.github.atprotobackfill.testkit.network;

/**
 * The records with which an account began in one collection.
 *
 * @param collection the collection's NSID
 * @param count how many
 * @param firstMicros the time before which none was written
 * @param stepMicros the time between two of them; each lies in the first half of its step
 * @param salt what sets it apart from any other collection of the network
 */
record GeneratedCollection(
    String collection, int count, long firstMicros, long stepMicros, long salt) {

  /** This collection after all its first records were deleted. */
  GeneratedCollection emptied() {
    return new GeneratedCollection(collection, 0, firstMicros, stepMicros, salt);
  }
}

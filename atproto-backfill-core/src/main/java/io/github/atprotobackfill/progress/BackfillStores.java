package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.xrpc.SharedBudget;
import java.util.Optional;

/** The three stores of one backfill, which may live in different places ({@link #of}). */
public interface BackfillStores extends AutoCloseable {

  /**
   * Stores put together from parts that live in different places, for example a queue in Redis and
   * the rest in a database; the states are best kept beside the sink that they tell of. A queue
   * that forgets while the progress store does not is filled again, by listing again. Closing it
   * closes nothing, and no budget of hosts is shared by it.
   */
  static BackfillStores of(ProgressStore progress, WorkQueue queue, RepoStates states) {
    return new ComposedStores(progress, queue, states);
  }

  /** Jobs, discovery cursors and counters. */
  ProgressStore progress();

  /** Leases over repos. */
  WorkQueue queue();

  /** What is held of each repo. */
  RepoStates states();

  /**
   * What hosts still allow all processes that use these stores together; empty where the stores
   * keep no such thing, which is the default.
   */
  default Optional<SharedBudget> sharedBudget() {
    return Optional.empty();
  }

  /** Releases what the stores opened themselves. */
  @Override
  default void close() {}
}

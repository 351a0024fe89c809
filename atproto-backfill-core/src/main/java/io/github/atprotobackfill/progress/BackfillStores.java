package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.xrpc.SharedBudget;
import java.util.Optional;

/** The three stores of one backfill, which may live in different places. */
public interface BackfillStores extends AutoCloseable {

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

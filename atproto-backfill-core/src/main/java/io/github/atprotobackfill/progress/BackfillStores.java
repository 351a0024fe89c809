package io.github.atprotobackfill.progress;

/** The three stores of one backfill, which may live in different places. */
public interface BackfillStores extends AutoCloseable {

  /** Jobs, discovery cursors and counters. */
  ProgressStore progress();

  /** Leases over repos. */
  WorkQueue queue();

  /** What is held of each repo. */
  RepoStates states();

  /** Releases what the stores opened themselves. */
  @Override
  default void close() {}
}

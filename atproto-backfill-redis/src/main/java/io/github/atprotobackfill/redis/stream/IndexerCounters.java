package io.github.atprotobackfill.redis.stream;

import java.util.concurrent.atomic.LongAdder;

/** Counts what an indexer does. Thread-safe. */
final class IndexerCounters {

  final LongAdder indexed = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder overtaken = new LongAdder();
  final LongAdder dead = new LongAdder();
  final LongAdder failures = new LongAdder();

  IndexerProgress snapshot() {
    return new IndexerProgress(
        indexed.sum(), skipped.sum(), overtaken.sum(), dead.sum(), failures.sum());
  }
}

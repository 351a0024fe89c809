package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.fetch.FetchChoice;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.xrpc.XrpcTotals;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What a run counts. Counts are kept here until {@link #take} hands them to be stored, so that they
 * are stored together with what they count.
 */
final class Counters {

  private final ReentrantLock lock = new ReentrantLock();
  private final Supplier<XrpcTotals> exchanges;
  private final EnumMap<RepoState, Long> repos = new EnumMap<>(RepoState.class);

  private final LongAdder whole = new LongAdder();
  private final LongAdder listed = new LongAdder();

  private JobCounts stored;
  private JobCounts pending = JobCounts.NONE;
  private XrpcTotals accounted;

  Counters(JobCounts stored, QueueStats stats, Supplier<XrpcTotals> exchanges) {
    this.stored = stored;
    this.exchanges = exchanges;
    this.accounted = exchanges.get();
    repos.putAll(stats.repos());
  }

  void error(ErrorKind kind) {
    add(new JobCounts(0, 0, 0, 0, 0, 0, 0, Map.of(kind, 1L)));
  }

  void rejected(long count) {
    add(new JobCounts(0, 0, 0, 0, 0, 0, count, Map.of()));
  }

  void begunToRead(FetchChoice.Way way) {
    (way == FetchChoice.Way.EXPORT ? whole : listed).increment();
  }

  BackfillProgress.Readings readings() {
    return new BackfillProgress.Readings(whole.sum(), listed.sum());
  }

  void enqueued(int added) {
    lock.lock();
    try {
      repos.merge(RepoState.QUEUED, (long) added, Long::sum);
    } finally {
      lock.unlock();
    }
  }

  /** A repo that was open is now in a terminal state. */
  void settled(RepoState state) {
    lock.lock();
    try {
      repos.merge(RepoState.QUEUED, -1L, Long::sum);
      repos.merge(state, 1L, Long::sum);
    } finally {
      lock.unlock();
    }
  }

  /** Replaces what was reckoned of the repos by what the queue itself counted. */
  void correct(QueueStats stats) {
    lock.lock();
    try {
      repos.clear();
      repos.putAll(stats.repos());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes everything not stored yet, and {@code records}, to be stored; {@link #giveBack} when that
   * failed.
   */
  JobCounts take(long seen, WriteCounts records) {
    lock.lock();
    try {
      XrpcTotals now = exchanges.get();
      JobCounts change =
          pending.plus(
              new JobCounts(
                  now.requests() - accounted.requests(),
                  now.bytes() - accounted.bytes(),
                  seen,
                  records.written(),
                  records.unchanged(),
                  records.deleted(),
                  0,
                  Map.of()));
      accounted = now;
      pending = JobCounts.NONE;
      stored = stored.plus(change);
      return change;
    } finally {
      lock.unlock();
    }
  }

  /** Undoes a {@link #take} whose counts were not stored, save for its records. */
  void giveBack(JobCounts change) {
    lock.lock();
    try {
      stored = stored.plus(change.negated());
      pending =
          pending.plus(
              new JobCounts(
                  change.requests(),
                  change.bytes(),
                  0,
                  0,
                  0,
                  0,
                  change.rejected(),
                  change.errors()));
    } finally {
      lock.unlock();
    }
  }

  /** What is stored now, by all who count. */
  void stored(JobCounts counts) {
    lock.lock();
    try {
      stored = counts;
    } finally {
      lock.unlock();
    }
  }

  JobCounts total() {
    lock.lock();
    try {
      XrpcTotals now = exchanges.get();
      return stored
          .plus(pending)
          .plus(
              new JobCounts(
                  now.requests() - accounted.requests(),
                  now.bytes() - accounted.bytes(),
                  0,
                  0,
                  0,
                  0,
                  0,
                  Map.of()));
    } finally {
      lock.unlock();
    }
  }

  BackfillProgress.Repos repos() {
    lock.lock();
    try {
      QueueStats stats = new QueueStats(repos, Optional.empty());
      if (stats.open() < 0) {
        // Repos ended that others queued since the queue was counted.
        repos.merge(RepoState.QUEUED, -stats.open(), Long::sum);
        stats = new QueueStats(repos, Optional.empty());
      }
      return BackfillProgress.Repos.of(stats);
    } finally {
      lock.unlock();
    }
  }

  /** Repos that discovery put in and that have not ended. */
  long open() {
    return repos().open();
  }

  private void add(JobCounts change) {
    lock.lock();
    try {
      pending = pending.plus(change);
    } finally {
      lock.unlock();
    }
  }
}

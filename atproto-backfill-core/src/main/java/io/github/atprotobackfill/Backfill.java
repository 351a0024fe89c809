package io.github.atprotobackfill;

import java.util.UUID;

/**
 * The engine: gets the records that a {@link BackfillJob} asks for into a {@link
 * io.github.atprotobackfill.sink.RecordSink}, and knows when it has them all. Thread-safe; one
 * engine may run several jobs.
 *
 * <pre>{@code
 * try (Backfill backfill = Backfill.builder().sink(batch -> store(batch)).build()) {
 *   BackfillRun run = backfill.start(job);
 *   run.await(Duration.ofHours(1));
 * }
 * }</pre>
 */
public final class Backfill implements AutoCloseable {

  Backfill() {}

  /** A builder with the defaults: in-memory stores, public hosts only, the public directory. */
  public static BackfillBuilder builder() {
    return new BackfillBuilder();
  }

  /**
   * Starts a job, or goes on with the unfinished job that equals it (a paused one is resumed).
   * Returns at once.
   */
  public BackfillRun start(BackfillJob job) {
    throw new UnsupportedOperationException("" + job);
  }

  /** Goes on with a stored job, whatever process started it. */
  public BackfillRun resume(UUID job) {
    throw new UnsupportedOperationException("" + job);
  }

  /** Says what the job would ask of whom, by listing repos and hosts but reading and storing none. */
  public BackfillPlan plan(BackfillJob job) throws InterruptedException {
    throw new UnsupportedOperationException("" + job);
  }

  /** The jobs in the stores of this engine, running here or not. */
  public BackfillJobs jobs() {
    throw new UnsupportedOperationException();
  }

  /** Stops all runs as by {@link BackfillRun#stop}, waits for them, and closes what it opened. */
  @Override
  public void close() {}
}

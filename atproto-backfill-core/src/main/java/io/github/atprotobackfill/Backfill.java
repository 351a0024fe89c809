package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The engine: gets the records that a {@link BackfillJob} asks for into a {@link
 * io.github.atprotobackfill.sink.RecordSink}, and knows when it has them all. Thread-safe; one
 * engine may run several jobs, whose request and byte counts then include one another's.
 *
 * <pre>{@code
 * try (Backfill backfill = Backfill.builder().sink(batch -> store(batch)).build()) {
 *   BackfillRun run = backfill.start(job);
 *   run.await(Duration.ofHours(1));
 * }
 * }</pre>
 */
public final class Backfill implements AutoCloseable {

  private static final Duration CLOSING = Duration.ofSeconds(30);

  private final Settings settings;
  private final @Nullable XrpcClient ownedClient;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<UUID, JobRun> runs = new HashMap<>();
  private boolean closed;

  Backfill(Settings settings, @Nullable XrpcClient ownedClient) {
    this.settings = settings;
    this.ownedClient = ownedClient;
  }

  /** A builder with the defaults: in-memory stores, public hosts only, the public directory. */
  public static BackfillBuilder builder() {
    return new BackfillBuilder();
  }

  /**
   * Starts a job, or goes on with the unfinished job that equals it (a paused one is resumed).
   * Returns at once.
   *
   * @throws io.github.atprotobackfill.progress.StoreException when the stores are out of reach
   */
  public BackfillRun start(BackfillJob job) {
    JobSpec spec = JobSpecs.encode(job);
    ProgressStore progress = settings.stores().progress();
    progress.purge(settings.keepHistory()).forEach(settings.stores().queue()::forget);
    Job stored = progress.open(spec);
    if (stored.state() == JobState.CANCELLING) {
      // Whoever was to put it down is gone, or will find it ended when it has.
      progress.move(stored.id(), JobState.CANCELLING, JobState.CANCELLED, stored.reason());
      stored = progress.open(spec);
    }
    return run(stored);
  }

  /**
   * Goes on with a stored job, whatever process started it; one that has ended is only shown.
   *
   * @throws IllegalArgumentException when there is no such job
   */
  public BackfillRun resume(UUID job) {
    return settings
        .stores()
        .progress()
        .find(job)
        .map(this::run)
        .orElseThrow(() -> new IllegalArgumentException("there is no job " + job));
  }

  private BackfillRun run(Job stored) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("this engine is closed");
      }
      JobRun running = runs.get(stored.id());
      if (running != null) {
        running.resume();
        return running;
      }
      JobRun run = new JobRun(settings, running(stored));
      runs.put(stored.id(), run);
      run.completion().whenComplete((progress, broken) -> forget(run));
      run.start();
      return run;
    } finally {
      lock.unlock();
    }
  }

  /** The job moved to {@code RUNNING} if it may be; a cancelling or ended one stays what it is. */
  private Job running(Job stored) {
    ProgressStore progress = settings.stores().progress();
    for (JobState from : List.of(JobState.PENDING, JobState.PAUSED)) {
      progress.move(stored.id(), from, JobState.RUNNING, null);
    }
    return progress.find(stored.id()).orElse(stored);
  }

  private void forget(JobRun run) {
    lock.lock();
    try {
      runs.remove(run.id(), run);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Says what the job would ask of whom: lists repos and hosts as the job would, but reads no repo
   * and stores nothing. Keeps the DIDs listed in memory, about 150 bytes each.
   */
  public BackfillPlan plan(BackfillJob job) throws InterruptedException {
    return new Planner(settings, job).plan();
  }

  /** The jobs in the stores of this engine, running here or not. */
  public BackfillJobs jobs() {
    return new BackfillJobs(settings.stores());
  }

  /** Stops all runs as by {@link BackfillRun#stop}, waits for them, and closes what it opened. */
  @Override
  public void close() {
    List<JobRun> open;
    lock.lock();
    try {
      closed = true;
      open = List.copyOf(runs.values());
    } finally {
      lock.unlock();
    }
    open.forEach(BackfillRun::stop);
    try {
      for (BackfillRun run : open) {
        run.await(CLOSING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (ownedClient != null) {
      ownedClient.close();
    }
  }
}

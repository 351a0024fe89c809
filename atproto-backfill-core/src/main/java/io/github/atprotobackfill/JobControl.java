package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a job stands as far as this process knows, and whether its run is to go on: what everybody
 * looks at before the next step, and what wakes those who wait. Thread-safe.
 */
final class JobControl {

  private static final Logger log = LoggerFactory.getLogger(JobControl.class);
  private static final Duration LOOK_AT_JOB = Duration.ofMillis(200);
  private static final Duration LONGEST_NAP = Duration.ofMillis(50);

  private final ProgressStore progress;
  private final UUID id;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition signal = lock.newCondition();
  private long signals;
  private long heard;

  private volatile Job known;
  private volatile JobState state;
  private volatile @Nullable String reason;
  private volatile boolean stopping;
  private volatile @Nullable RuntimeException breakdown;

  private long lookAtJobAt = System.nanoTime();

  JobControl(ProgressStore progress, Job stored) {
    this.progress = progress;
    this.id = stored.id();
    this.known = stored;
    this.state = stored.state();
    this.reason = stored.reason();
  }

  JobState state() {
    return state;
  }

  Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** Whether the next step may be taken. */
  boolean working() {
    return state == JobState.RUNNING && running();
  }

  /** Whether the run goes on, at work or at rest. */
  boolean running() {
    return !stopping && breakdown == null && !state.terminal();
  }

  /** Whether the run is at rest, to be gone on with by this process. */
  boolean resting() {
    return state == JobState.PAUSED && running();
  }

  /**
   * Another process may have paused, resumed, cancelled or even ended the job.
   *
   * @return whether the store still knows the job
   */
  boolean lookAtJob() {
    if (System.nanoTime() - lookAtJobAt < 0) {
      return true;
    }
    Optional<Job> stored = progress.find(id);
    lookAtJobAt = System.nanoTime() + LOOK_AT_JOB.toNanos();
    stored.ifPresent(this::take);
    return stored.isPresent();
  }

  /** The job as it was last seen, in the state in which it is here. */
  Job lastSeen() {
    Job job = known;
    return new Job(
        job.id(),
        job.spec(),
        state,
        reason,
        job.createdAt(),
        job.startedAt(),
        job.endedAt(),
        job.counts());
  }

  /** The job is seen as it is stored. */
  void take(Job stored) {
    known = stored;
    if (stored.state() != state) {
      log.info("job {} is {} now", id, stored.state().code());
    }
    state = stored.state();
    reason = stored.reason();
  }

  /** Moves the job in the store, unless somebody else has moved it elsewhere. */
  void move(JobState from, JobState to, @Nullable String why) {
    if (progress.move(id, from, to, why)) {
      state = to;
      reason = why;
    }
    signal();
  }

  /** This process is to leave the job as it is. */
  void stop() {
    stopping = true;
    signal();
  }

  /** The run cannot go on; the first cause counts. */
  void breakDown(RuntimeException cause) {
    lock.lock();
    try {
      if (breakdown == null) {
        breakdown = cause;
      }
    } finally {
      lock.unlock();
    }
    signal();
  }

  Optional<RuntimeException> breakdown() {
    return Optional.ofNullable(breakdown);
  }

  /** Something changed that those who wait may want to see. */
  void signal() {
    lock.lock();
    try {
      signals++;
      signal.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a {@link #signal} since the nap before, for a moment at most. For one thread. */
  @SuppressWarnings("WaitNotInLoop") // Who naps looks at everything again, whatever woke it.
  void nap() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = LONGEST_NAP.toNanos();
      while (signals == heard && left > 0) {
        left = signal.awaitNanos(left);
      }
      heard = signals;
    } finally {
      lock.unlock();
    }
  }

  /** Waits this long, or until the run does not go on. */
  void pause(Duration most) throws InterruptedException {
    pause(most, this::running);
  }

  /** Waits this long, or until something else does not go on. */
  void pause(Duration most, BooleanSupplier goesOn) throws InterruptedException {
    long until = System.nanoTime() + most.toNanos();
    lock.lockInterruptibly();
    try {
      for (long left = most.toNanos();
          left > 0 && goesOn.getAsBoolean();
          left = until - System.nanoTime()) {
        signal.awaitNanos(Math.min(left, LONGEST_NAP.toNanos()));
      }
    } finally {
      lock.unlock();
    }
  }
}

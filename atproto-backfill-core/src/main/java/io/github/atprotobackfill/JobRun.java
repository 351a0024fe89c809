package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.source.RepoSources;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job being worked on by this process: what its parts are, and the loop that keeps them going
 * until the job ends, is taken away, or breaks down.
 */
final class JobRun implements BackfillRun {

  private static final Logger log = LoggerFactory.getLogger(JobRun.class);

  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration SHORTEST_TICK = Duration.ofMillis(2);
  private static final Duration LOOK_AT_JOB = Duration.ofMillis(200);
  private static final Duration COUNT_QUEUE = Duration.ofMillis(500);

  /** How long work under way may take to come to its next checkpoint before it is interrupted. */
  private static final Duration PUT_DOWN_GRACE = Duration.ofSeconds(5);

  private final Settings settings;
  private final UUID id;
  private final BackfillJob job;
  private final String worker;
  private final BackfillListener listener;
  private final long startedAt = System.nanoTime();
  private final WorkThreads threads;
  private final Counters counters;
  private final HostScheduler scheduler;
  private final Locator locator;
  private final LeaseDesk desk;
  private final Discovery discovery;
  private final List<WriteBuffer> buffers = new ArrayList<>();
  private final CompletableFuture<BackfillProgress> completion = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition signal = lock.newCondition();

  private volatile JobState state;
  private volatile @Nullable String reason;
  private volatile boolean stopping;
  private volatile @Nullable RuntimeException breakdown;

  private long lookedAtJob = startedAt - LOOK_AT_JOB.toNanos();
  private long leavingSince = Long.MAX_VALUE;
  private long countedQueue = startedAt - COUNT_QUEUE.toNanos();

  JobRun(Settings settings, Job stored) {
    this.settings = settings;
    this.id = stored.id();
    this.job = JobSpecs.decode(stored.spec());
    this.worker =
        ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
    this.listener = new GuardedListener(settings.listener());
    this.state = stored.state();
    this.reason = stored.reason();
    this.threads = new WorkThreads(id, settings.concurrency());
    this.counters =
        new Counters(
            stored.counts(), settings.stores().queue().stats(id), settings.client()::totals);
    this.scheduler =
        new HostScheduler(
            settings, threads.fetching(), threads.timer(), System::nanoTime, listener);
    this.locator = new Locator(settings, System::nanoTime);
    this.desk = new LeaseDesk(this, scheduler, locator, threads.locating());
    this.discovery =
        new Discovery(
            this,
            new JobSources(new RepoSources(settings.client()), settings.stores(), job),
            threads.discovering());
    for (int i = 0; i < settings.writers(); i++) {
      buffers.add(new WriteBuffer());
    }
  }

  // ---- the loop

  void start() {
    buffers.forEach(buffer -> threads.startWriter(new BatchWriter(this, buffer)));
    threads.run(this::run).start();
  }

  private void run() {
    try {
      if (!state.terminal()) {
        discovery.prepare();
      }
      log.info("job {} begins: {}, {}", id, job, describe());
      while (!over()) {
        workOrPutDown();
        awaitSignal(TICK);
        TimeUnit.NANOSECONDS.sleep(SHORTEST_TICK.toNanos());
      }
      end();
    } catch (InterruptedException e) {
      breakDown(new IllegalStateException("the run of job " + id + " was interrupted", e));
      conclude();
    } catch (RuntimeException e) {
      breakDown(e);
      conclude();
    }
  }

  private String describe() {
    return String.format(
        "concurrency %d, %d writers, leases of %s, up to %d tries a repo",
        settings.concurrency(), settings.writers(), settings.leaseFor(), settings.maxAttempts());
  }

  private void workOrPutDown() throws InterruptedException {
    Patience patience = patience();
    while (breakdown == null) {
      try {
        lookAtJob();
        if (working()) {
          discovery.walkOn();
          desk.tick();
          concludeIfDone();
        } else {
          desk.putDownWaiting();
          hurry();
          finishCancelling();
        }
        return;
      } catch (StoreException e) {
        patience.waitOrGiveUp(e);
      }
    }
  }

  /** Another process may have paused, resumed, cancelled or even ended the job. */
  private void lookAtJob() {
    long now = nanoTime();
    if (now - lookedAtJob < LOOK_AT_JOB.toNanos()) {
      return;
    }
    lookedAtJob = now;
    settings.stores().progress().find(id).ifPresent(this::take);
  }

  private void take(Job stored) {
    if (stored.state() != state) {
      log.info("job {} is {} now", id, stored.state().code());
      state = stored.state();
    }
    reason = stored.reason();
  }

  /** Whether this process has nothing more to do with the job. */
  private boolean over() {
    if (breakdown != null) {
      return true;
    }
    boolean leaving = stopping || state.terminal();
    return leaving && ((desk.idle() && discovery.idle()) || graceIsOver());
  }

  /** What could not even be interrupted is left to the end of its lease. */
  private boolean graceIsOver() {
    return leavingSince != Long.MAX_VALUE
        && nanoTime() - leavingSince > 3 * PUT_DOWN_GRACE.toNanos();
  }

  private void concludeIfDone() {
    if (!discovery.done() || !desk.idle() || !countQueueDue()) {
      return;
    }
    QueueStats stats = settings.stores().queue().stats(id);
    counters.correct(stats);
    if (stats.open() == 0) {
      storeRemainingCounts();
      JobEnding ending = JobEnding.of(stats, discovery.failed());
      move(JobState.RUNNING, ending.state(), ending.reason());
    }
  }

  private boolean countQueueDue() {
    long now = nanoTime();
    if (now - countedQueue < COUNT_QUEUE.toNanos()) {
      return false;
    }
    countedQueue = now;
    return true;
  }

  /** When the run is to end, what does not come to its next checkpoint by itself is interrupted. */
  private void hurry() {
    if (state == JobState.PAUSED && !stopping) {
      leavingSince = Long.MAX_VALUE;
    } else if (leavingSince == Long.MAX_VALUE) {
      leavingSince = nanoTime();
    } else if (nanoTime() - leavingSince > PUT_DOWN_GRACE.toNanos()) {
      threads.interruptReading();
    }
  }

  private void finishCancelling() {
    if (state == JobState.CANCELLING && desk.idle() && discovery.idle()) {
      storeRemainingCounts();
      move(JobState.CANCELLING, JobState.CANCELLED, reason);
    }
  }

  private void storeRemainingCounts() {
    settings.stores().progress().addCounts(id, counters.take(0, WriteCounts.NONE));
  }

  private void end() throws InterruptedException {
    buffers.forEach(WriteBuffer::close);
    if (breakdown == null) {
      threads.awaitWriters();
      storeRemainingCounts();
    }
    conclude();
  }

  private void conclude() {
    boolean goneOnWithLater = noteBreakdown();
    try {
      threads.close(PUT_DOWN_GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    BackfillProgress last = progress();
    log.info("job {} is {}: {}", id, last.state().code(), last.repos());
    if (goneOnWithLater) {
      completion.completeExceptionally(breakdown);
    } else {
      completion.complete(last);
    }
  }

  /**
   * Notes what broke the run down as the job's end, unless it is the stores that are away.
   *
   * @return whether the job stands as it stood, to be gone on with
   */
  private boolean noteBreakdown() {
    RuntimeException cause = breakdown;
    if (cause == null) {
      return false;
    }
    log.error("the run of job {} broke down", id, cause);
    if (cause instanceof StoreException || cause.getCause() instanceof StoreException) {
      return true;
    }
    try {
      move(JobState.RUNNING, JobState.FAILED, Failure.of(cause).toString());
      return !state.terminal();
    } catch (StoreException e) {
      log.error("that job {} failed could not be stored", id, e);
      return true;
    }
  }

  private void move(JobState from, JobState to, @Nullable String why) {
    if (settings.stores().progress().move(id, from, to, why)) {
      state = to;
      reason = why;
    } else {
      lookedAtJob = nanoTime() - LOOK_AT_JOB.toNanos();
    }
  }

  // ---- what the parts ask and tell

  Settings settings() {
    return settings;
  }

  Set<Nsid> collections() {
    return job.collections();
  }

  String worker() {
    return worker;
  }

  BackfillListener listener() {
    return listener;
  }

  Counters counters() {
    return counters;
  }

  HostScheduler scheduler() {
    return scheduler;
  }

  Locator locator() {
    return locator;
  }

  LeaseDesk desk() {
    return desk;
  }

  /** Where what is read of {@code did} is handed to be written. */
  WriteBuffer writer(Did did) {
    return buffers.get(Math.floorMod(did.hashCode(), buffers.size()));
  }

  boolean working() {
    return state == JobState.RUNNING && !stopping && breakdown == null;
  }

  long nanoTime() {
    return System.nanoTime();
  }

  /** Until when a lease that is claimed or renewed now may be acted under. */
  long leaseDeadline() {
    Duration lasts = settings.leaseFor();
    return nanoTime() + lasts.minus(lasts.dividedBy(5)).toNanos();
  }

  Patience patience() {
    return new Patience(this::pause, settings.storePatience());
  }

  Patience hostPatience() {
    return new Patience(this::pause, settings.hostPatience());
  }

  /** Waits, at most until the run no longer works. */
  void pause(Duration most) throws InterruptedException {
    long until = nanoTime() + most.toNanos();
    lock.lockInterruptibly();
    try {
      long left = until - nanoTime();
      while (left > 0 && !stopping && breakdown == null && !state.terminal()) {
        signal.awaitNanos(Math.min(left, TICK.toNanos()));
        left = until - nanoTime();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Something changed that the loop may want to see. */
  void signal() {
    lock.lock();
    try {
      signal.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // Who waits looks at everything again, whatever woke it.
  private void awaitSignal(Duration most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      signal.awaitNanos(most.toNanos());
    } finally {
      lock.unlock();
    }
  }

  void discovered(String source, int listed, int added, int rejected) {
    counters.enqueued(added);
    counters.rejected(rejected);
    listener.discovered(source, listed, added);
  }

  void recordRejected(Did did, Failure failure) {
    counters.rejected(1);
    counters.error(failure.kind());
    listener.recordRejected(did, failure);
  }

  HeldRepo held(RepoWorker worker, Tid rev) {
    return new HeldRepo(
        worker.did(),
        worker.heldAt(),
        rev,
        collections(),
        HeldRepo.ACTIVE,
        settings.clock().instant());
  }

  /** An update is durable. */
  void noted(LeaseUpdate update) {
    if (update instanceof LeaseUpdate.Done done) {
      settled(done, RepoState.DONE, done.rev().toString());
    } else if (update instanceof LeaseUpdate.Closed closed) {
      settled(closed, closed.state(), closed.reason());
    } else if (update instanceof LeaseUpdate.Failed failed) {
      listener.repoFailed(update.lease().did(), failed.failure(), false);
      settled(failed, RepoState.FAILED, failed.failure().toString());
    }
  }

  private void settled(LeaseUpdate update, RepoState end, String why) {
    counters.settled(end);
    listener.repoEnded(update.lease().did(), end, why);
  }

  void forget(RepoWorker gone) {
    desk.forget(gone);
    signal();
  }

  void breakDown(RuntimeException cause) {
    lock.lock();
    try {
      if (breakdown == null) {
        breakdown = cause;
      }
      signal.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- what the host asks

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public BackfillProgress progress() {
    return new BackfillProgress(
        id,
        state,
        Optional.ofNullable(reason),
        discovery.done(),
        counters.repos(),
        counters.total(),
        scheduler.hosts(),
        Duration.ofNanos(System.nanoTime() - startedAt));
  }

  @Override
  public void pause() {
    move(JobState.RUNNING, JobState.PAUSED, "paused on request");
    signal();
  }

  @Override
  public void resume() {
    move(JobState.PAUSED, JobState.RUNNING, null);
    signal();
  }

  @Override
  public void cancel() {
    move(JobState.RUNNING, JobState.CANCELLING, "cancelled on request");
    move(JobState.PAUSED, JobState.CANCELLING, "cancelled on request");
    signal();
  }

  @Override
  public void stop() {
    stopping = true;
    signal();
  }

  @Override
  public boolean await(Duration most) throws InterruptedException {
    try {
      completion.get(most.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true; // how it ended is for completion() to tell
    }
  }

  @Override
  public CompletionStage<BackfillProgress> completion() {
    return completion.minimalCompletionStage();
  }
}

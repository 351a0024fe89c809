package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.source.RepoSources;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job being worked on by this process: the loop that keeps its parts going until the job ends,
 * is taken away, or breaks down.
 */
final class JobRun implements BackfillRun {

  private static final Logger log = LoggerFactory.getLogger(JobRun.class);

  private static final Duration SHORTEST_TICK = Duration.ofMillis(2);
  private static final Duration COUNT_AT_WORK = Duration.ofSeconds(1);
  private static final Duration COUNT_AT_END = Duration.ofMillis(100);
  private static final Duration AT_ONCE = Duration.ZERO;

  /** How long work under way may take to come to its next checkpoint before it is interrupted. */
  private static final Duration PUT_DOWN_GRACE = Duration.ofSeconds(5);

  private final long startedAt = System.nanoTime();
  private final Settings settings;
  private final WorkThreads threads;
  private final RunContext context;
  private final JobControl control;
  private final LeaseDesk desk;
  private final Discovery discovery;
  private final Cadence stock = new Cadence(System::nanoTime);
  private final CompletableFuture<BackfillProgress> completion = new CompletableFuture<>();

  private long leavingSince = Long.MAX_VALUE;
  private boolean nearEnd;

  JobRun(Settings settings, Job stored) {
    this.settings = settings;
    this.threads = new WorkThreads(stored.id(), settings.concurrency());
    this.context = new RunContext(settings, stored, threads);
    this.control = context.control();
    this.desk = context.desk();
    JobSources sources =
        new JobSources(new RepoSources(settings.client()), settings.stores(), context.job());
    this.discovery = new Discovery(context, sources, threads.discovering());
  }

  void start() {
    context.buffers().forEach(buffer -> threads.startWriter(new BatchWriter(context, buffer)));
    threads.run(this::run).start();
  }

  // ---- the loop

  private void run() {
    try {
      log.info("job {} begins: {}, {}", id(), context.job(), settings.inWords());
      stepWithPatience();
      while (!over()) {
        control.nap();
        TimeUnit.NANOSECONDS.sleep(SHORTEST_TICK.toNanos());
        stepWithPatience();
      }
      end();
    } catch (InterruptedException e) {
      control.breakDown(new IllegalStateException("the run was interrupted", e));
    } catch (RuntimeException e) {
      control.breakDown(e);
    }
    conclude();
  }

  private void stepWithPatience() throws InterruptedException {
    Patience patience = context.patience();
    while (control.breakdown().isEmpty()) {
      try {
        step();
        return;
      } catch (StoreException e) {
        patience.waitOrGiveUp(e);
      }
    }
  }

  private void step() throws InterruptedException {
    context.keepTime();
    if (control.running() && !control.lookAtJob()) {
      refill();
    }
    if (control.working()) {
      leavingSince = Long.MAX_VALUE;
      discovery.tick();
      desk.tick();
      takeStock();
    } else {
      desk.putDownWaiting();
      discovery.rest();
      if (!control.resting()) {
        hurry();
        finishCancelling();
      }
    }
  }

  /** The store lost the job: it is put back as it was last seen, and its sources begin anew. */
  private void refill() {
    context.lostMemory("the job itself");
    if (!settings.stores().progress().restore(control.lastSeen())) {
      String why = "the stores lost job %s, and an equal job was opened since".formatted(id());
      throw new BreakdownException(
          new Failure(ErrorKind.INTERNAL, why), new StoreException(why, null));
    }
    discovery.beginAgain();
  }

  /** What others queue and read is known to the queue alone. */
  private void takeStock() {
    boolean wasNear = nearEnd;
    nearEnd = !standing() && discovery.done() && desk.idle();
    Duration atEnd = wasNear ? COUNT_AT_END : AT_ONCE;
    if (stock.due(nearEnd ? atEnd : COUNT_AT_WORK)) {
      stock.run(this::countRepos);
    }
  }

  private void countRepos() {
    long queued = discovery.queued();
    QueueStats stats = settings.stores().queue().stats(id());
    context.counters().correct(stats);
    if (stats.total() < queued) {
      discovery.beginAgain();
    } else if (nearEnd && stats.open() == 0) {
      conclude(stats);
    }
  }

  /**
   * Ends the job if the stores, too, say that nothing is left to list, and that nothing is lost.
   */
  private void conclude(QueueStats stats) {
    List<DiscoveryState> stored = settings.stores().progress().discovery(id());
    if (discovery.listed(stored) && stats.total() >= Discovery.queued(stored)) {
      storeRemainingCounts();
      JobEnding ending = JobEnding.of(stats, stored);
      control.move(JobState.RUNNING, ending.state(), ending.reason());
    } else {
      discovery.beginAgain();
    }
  }

  private boolean standing() {
    return context.job() instanceof BackfillJob.Standing;
  }

  private void finishCancelling() {
    if (control.state() == JobState.CANCELLING && idle()) {
      storeRemainingCounts();
      control.move(JobState.CANCELLING, JobState.CANCELLED, control.reason().orElse(null));
    }
  }

  private void storeRemainingCounts() {
    settings.stores().progress().addCounts(id(), context.counters().take(0, WriteCounts.NONE));
  }

  /** What does not come to its next checkpoint by itself when the run is to end is interrupted. */
  private void hurry() {
    if (leavingSince == Long.MAX_VALUE) {
      leavingSince = System.nanoTime();
    } else if (System.nanoTime() - leavingSince > PUT_DOWN_GRACE.toNanos()) {
      threads.interruptReading();
    }
  }

  // ---- the end

  /** Whether this process has nothing more to do with the job. */
  private boolean over() {
    if (control.breakdown().isPresent()) {
      return true;
    }
    boolean leaving = !control.running();
    return leaving && (idle() || graceIsOver());
  }

  private boolean idle() {
    return desk.idle() && discovery.idle();
  }

  /** What could not even be interrupted is left to the end of its lease. */
  private boolean graceIsOver() {
    return leavingSince != Long.MAX_VALUE
        && System.nanoTime() - leavingSince > 3 * PUT_DOWN_GRACE.toNanos();
  }

  private void end() throws InterruptedException {
    context.buffers().forEach(WriteBuffer::close);
    if (control.breakdown().isEmpty()) {
      // Nothing is left to them, unless a sink takes longer than a stop may.
      threads.awaitWriters(PUT_DOWN_GRACE);
      storeRemainingCounts();
      takeLastStock();
    }
  }

  /** Others have read and counted, too. */
  private void takeLastStock() {
    context.counters().correct(settings.stores().queue().stats(id()));
    discovery.lookLast();
    settings.stores().progress().find(id()).ifPresent(this::lookLast);
  }

  private void lookLast(Job stored) {
    control.take(stored);
    context.counters().stored(stored.counts());
  }

  private void conclude() {
    boolean goneOnWithLater = control.breakdown().map(this::leavesJobAsItIs).orElse(false);
    try {
      threads.close(PUT_DOWN_GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    discovery.rest();
    BackfillProgress last = progress();
    log.info("job {} is {}: {}", id(), last.state().code(), last.repos());
    if (goneOnWithLater) {
      control.breakdown().ifPresent(completion::completeExceptionally);
    } else {
      completion.complete(last);
    }
  }

  /** What broke the run down is the job's end as well, unless it is the stores that are away. */
  private boolean leavesJobAsItIs(RuntimeException cause) {
    log.error("the run of job {} broke down", id(), cause);
    if (cause instanceof StoreException || cause.getCause() instanceof StoreException) {
      return true;
    }
    try {
      control.move(JobState.RUNNING, JobState.FAILED, Failure.of(cause).toString());
      return !control.state().terminal();
    } catch (StoreException e) {
      log.error("that job {} failed could not be stored", id(), e);
      return true;
    }
  }

  // ---- what the host asks

  @Override
  public UUID id() {
    return context.id();
  }

  @Override
  public BackfillProgress progress() {
    return new BackfillProgress(
        id(),
        control.state(),
        control.reason(),
        (discovery.done() || control.state() == JobState.COMPLETED) && !standing(),
        context.counters().repos(),
        context.counters().total(),
        context.counters().readings(),
        context.scheduler().hosts(),
        Duration.ofNanos(System.nanoTime() - startedAt));
  }

  @Override
  public void pause() {
    control.move(JobState.RUNNING, JobState.PAUSED, "paused on request");
  }

  @Override
  public void resume() {
    control.move(JobState.PAUSED, JobState.RUNNING, null);
  }

  @Override
  public void cancel() {
    control.move(JobState.RUNNING, JobState.CANCELLING, "cancelled on request");
    control.move(JobState.PAUSED, JobState.CANCELLING, "cancelled on request");
  }

  @Override
  public void stop() {
    control.stop();
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

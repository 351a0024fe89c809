package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.sink.SinkDoctor;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of one run, and what they ask and tell one another. Thread-safe. */
final class RunContext {

  private static final Logger log = LoggerFactory.getLogger(RunContext.class);

  private final Settings settings;
  private final UUID id;
  private final BackfillJob job;
  private final String worker;
  private final BackfillListener listener;
  private final JobControl control;
  private final Counters counters;
  private final HostScheduler scheduler;
  private final InstantSource clock;
  private final @Nullable RunClock storesClock;
  private final Locator locator;
  private final LeaseDesk desk;
  private final SinkDoctor doctor;
  private final @Nullable HeldRecords heldRecords;
  private final Executor comparing;
  private final Semaphore pagesAhead = new Semaphore(HeldAhead.MOST_PAGES);
  private final List<WriteBuffer> buffers = new ArrayList<>();

  RunContext(Settings settings, Job stored, WorkThreads threads) {
    this.settings = settings;
    this.id = stored.id();
    this.job = JobSpecs.decode(stored.spec());
    this.worker =
        ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
    this.listener = new GuardedListener(settings.listener());
    this.control = new JobControl(settings.stores().progress(), stored);
    this.counters =
        new Counters(
            stored.counts(), settings.stores().queue().stats(id), settings.client()::totals);
    this.scheduler =
        new HostScheduler(
            settings, threads.fetching(), threads.timer(), System::nanoTime, listener);
    InstantSource given = settings.clock();
    if (given == null) {
      RunClock shared =
          new RunClock(() -> settings.stores().queue().now(stored.id()), System::nanoTime);
      this.storesClock = shared;
      this.clock = shared;
    } else {
      this.storesClock = null;
      this.clock = given;
    }
    this.locator = new Locator(settings, clock, System::nanoTime);
    this.desk = new LeaseDesk(this, scheduler, locator, threads.locating());
    this.doctor = new SinkDoctor(settings.sink());
    this.heldRecords =
        settings
            .sink()
            .held()
            .<HeldRecords>map(held -> new PatientHeldRecords(held, this::patience))
            .orElse(null);
    this.comparing = threads.comparing();
    for (int i = 0; i < settings.writers(); i++) {
      buffers.add(new WriteBuffer(desk::reading));
    }
  }

  // ---- the parts

  Settings settings() {
    return settings;
  }

  UUID id() {
    return id;
  }

  BackfillJob job() {
    return job;
  }

  /** Who claims, for people who look into the queue. */
  String worker() {
    return worker;
  }

  BackfillListener listener() {
    return listener;
  }

  JobControl control() {
    return control;
  }

  Counters counters() {
    return counters;
  }

  HostScheduler scheduler() {
    return scheduler;
  }

  /** The time, by the stores' clock unless the host brought another. */
  InstantSource clock() {
    return clock;
  }

  /** Keeps the clock near that of the stores. */
  void keepTime() {
    if (storesClock != null) {
      storesClock.keepTime();
    }
  }

  Locator locator() {
    return locator;
  }

  LeaseDesk desk() {
    return desk;
  }

  SinkDoctor doctor() {
    return doctor;
  }

  /** What the sink holds already; null where it does not tell. */
  @Nullable HeldRecords heldRecords() {
    return heldRecords;
  }

  /** The same for one reading, asked ahead. */
  @Nullable HeldAhead heldAhead() {
    HeldRecords patient = heldRecords;
    return patient == null
        ? null
        : new HeldAhead(
            settings.sink().held().orElse(patient), patient, collections(), pagesAhead, comparing);
  }

  List<WriteBuffer> buffers() {
    return buffers;
  }

  /** Where what is read of {@code did} is handed to be written. */
  WriteBuffer writer(Did did) {
    return buffers.get(Math.floorMod(did.hashCode(), buffers.size()));
  }

  /** The collections wanted; empty for all. */
  Set<Nsid> collections() {
    return job.collections();
  }

  // ---- time

  long nanoTime() {
    return System.nanoTime();
  }

  /** Until when a lease that is claimed or renewed now may be acted under. */
  long leaseDeadline() {
    Duration lasts = settings.leaseFor();
    return nanoTime() + lasts.minus(lasts.dividedBy(5)).toNanos();
  }

  /** Patience with stores and sink. */
  Patience patience() {
    return new Patience(control::pause, settings.storePatience());
  }

  // ---- what happened

  /** A store no longer knows what it was told; all is listed again. */
  void lostMemory(String what) {
    log.warn("job {}: the stores have lost {}; its sources are listed again", id, what);
    listener.storeLostMemory(id, what);
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

  void unproven(Did did, Failure failure) {
    counters.error(failure.kind());
    listener.recordUnproven(did, failure);
  }

  /** What is known of a repo now that its part is over, if that is something to be remembered. */
  Optional<HeldRepo> held(RepoWorker worker, @Nullable LeaseUpdate update) {
    ServiceUrl at = worker.heldAt();
    if (at == null) {
      return Optional.empty();
    }
    if (update instanceof LeaseUpdate.Done done) {
      return Optional.of(known(worker, at, done.rev(), HeldRepo.ACTIVE));
    }
    return update instanceof LeaseUpdate.Closed
        ? worker.inactiveAs().map(status -> known(worker, at, null, status.word()))
        : Optional.empty();
  }

  private HeldRepo known(RepoWorker worker, ServiceUrl at, @Nullable Tid rev, String status) {
    return new HeldRepo(worker.did(), at, rev, collections(), status, laterThan(worker.held()));
  }

  /**
   * The time, but later than what was noted of the repo before: of two processes the one with the
   * slower clock may be the one that saw it last.
   */
  Instant laterThan(@Nullable HeldRepo before) {
    Instant now = clock.instant();
    Instant next = before == null ? now : before.verifiedAt().plusMillis(1);
    return next.isAfter(now) ? next : now;
  }

  /** An update is durable. */
  void noted(LeaseUpdate update) {
    if (update instanceof LeaseUpdate.Done done) {
      settled(done, RepoState.DONE, done.rev().toString());
    } else if (update instanceof LeaseUpdate.Closed closed) {
      settled(closed, closed.state(), closed.reason());
    } else if (update instanceof LeaseUpdate.Failed failed) {
      listener.repoFailed(failed.lease().did(), failed.failure(), false);
      settled(failed, RepoState.FAILED, failed.failure().toString());
    }
  }

  private void settled(LeaseUpdate update, RepoState end, String why) {
    counters.settled(end);
    listener.repoEnded(update.lease().did(), end, why);
  }

  /** A worker's part is over. */
  void forget(RepoWorker gone) {
    gone.closeReading();
    if (gone.holdsSnapshot()) {
      scheduler.letGo();
    }
    desk.forget(gone);
    control.signal();
  }
}

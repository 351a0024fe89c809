package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.FetchRequest;
import io.github.atprotobackfill.fetch.FetchTurn;
import io.github.atprotobackfill.fetch.RepoReading;
import io.github.atprotobackfill.fetch.RepoStatus;
import io.github.atprotobackfill.fetch.RepoUnavailableException;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one leased repo, a turn at a time: while pages are being written the next ones are asked
 * for, no more than make up a batch. Ends by handing its lease back with what became of the repo.
 *
 * <p>Turns are taken by one thread at a time; {@link #written} is called by the writer's thread.
 */
final class RepoWorker {

  private static final Logger log = LoggerFactory.getLogger(RepoWorker.class);

  /** Pages are fetched while others are written; so many, that they fill a batch between them. */
  private static final int MOST_UNWRITTEN = 10;

  private final RunContext run;
  private final Lease lease;
  private final @Nullable HeldRepo held;
  private final ReentrantLock lock = new ReentrantLock();

  private volatile @Nullable ServiceUrl host;
  private volatile ReadingPosition position;
  private volatile long deadline;
  private volatile boolean lost;
  private volatile boolean handedOn;

  private @Nullable ServiceUrl countedAt;
  private @Nullable RepoReading reading;
  private boolean resolvedAfresh;
  private int unwritten;
  private boolean waitsForWriter;

  /**
   * @param held what is held of the repo
   * @param deadline the moment, on the run's ticker, from which the lease may be another's
   */
  RepoWorker(RunContext run, Lease lease, @Nullable HeldRepo held, long deadline) {
    this.run = run;
    this.lease = lease;
    this.held = held;
    this.deadline = deadline;
    this.countedAt = lease.pds();
    this.position = ReadingPosition.decode(lease.position());
  }

  Did did() {
    return lease.did();
  }

  Lease lease() {
    return lease;
  }

  /** The repo's host; known once it is located. */
  ServiceUrl host() {
    return Objects.requireNonNull(host, "the repo is not located yet");
  }

  /**
   * The host at which what is held now is held: where it was read, or was known to be unchanged.
   */
  ServiceUrl heldAt() {
    return host == null && held != null ? held.pds() : host();
  }

  /** Under which host the desk counts this repo; null while that is not known. */
  @Nullable ServiceUrl countedAt() {
    return countedAt;
  }

  /** Called by the desk, under its lock. */
  void countAt(ServiceUrl counted) {
    countedAt = counted;
  }

  // ---- the lease

  /**
   * Whether the lease may still be acted under. The store judges leases by its own clock; here they
   * run out a little earlier, so that a stalled worker stops before another one begins.
   */
  boolean holdsLease() {
    return !lost && run.nanoTime() - deadline < 0;
  }

  void renewed(long newDeadline) {
    deadline = newDeadline;
  }

  void lostLease() {
    lost = true;
  }

  /** Whether the lease is being handed back, so that it needs no renewal. */
  boolean handedOn() {
    return handedOn;
  }

  // ---- before the first turn

  /** Finds the repo's host and waits for a turn there, unless nothing has to be asked at all. */
  void locate() {
    if (!run.control().working()) {
      putDown();
      return;
    }
    Tid heldRev = heldRev();
    if (heldRev != null && heldRev.equals(lease.rev())) {
      done(heldRev);
      return;
    }
    try {
      ServiceUrl found = run.locator().locate(lease, held);
      host = found;
      reading = open(found, position.fetcher());
      waitForTurn(found);
    } catch (InterruptedException e) {
      putDown();
    } catch (BackfillException e) {
      notLocated(Failure.of(e));
    } catch (RuntimeException e) {
      brokeDown(e);
    }
  }

  /** The rev that the sink holds of everything that is wanted of this repo. */
  private @Nullable Tid heldRev() {
    return held != null && held.covers(run.collections()) ? held.rev() : null;
  }

  private RepoReading open(ServiceUrl at, @Nullable String from) {
    return run.settings()
        .fetcher()
        .open(new FetchRequest(did(), at, run.collections(), heldRev(), from));
  }

  private void waitForTurn(ServiceUrl found) {
    if (!run.desk().admit(this, found)) {
      putDown();
      return;
    }
    Optional<Failure> givenUp = run.scheduler().givenUp(found);
    if (givenUp.isPresent()) {
      hostGivenUp(givenUp.get());
    } else {
      run.scheduler().submit(this);
    }
  }

  /** The host does not answer anybody; the repo ends with it. */
  void hostGivenUp(Failure failure) {
    run.counters().error(failure.kind());
    fail(new Failure(failure.kind(), did() + ": its host is given up: " + failure.message()));
  }

  // ---- turns

  /** Takes one turn at the host. Never throws. */
  TurnResult takeTurn() {
    if (!run.control().working()) {
      putDown();
      return TurnResult.NOT_TAKEN;
    }
    if (!holdsLease()) {
      log.info("the lease of {} ran out before its turn at {}", did(), host);
      run.forget(this);
      return TurnResult.NOT_TAKEN;
    }
    try {
      accept(Objects.requireNonNull(reading).turn());
      return TurnResult.ANSWERED;
    } catch (InterruptedException e) {
      putDown();
      return TurnResult.NOT_TAKEN;
    } catch (RepoUnavailableException e) {
      unavailable(e);
      return TurnResult.ANSWERED;
    } catch (BackfillException e) {
      return failed(Failure.of(e));
    } catch (RuntimeException e) {
      brokeDown(e);
      return TurnResult.ANSWERED;
    }
  }

  private void brokeDown(RuntimeException e) {
    log.error("reading {} at {} broke down", did(), host, e);
    run.counters().error(ErrorKind.INTERNAL);
    fail(Failure.of(e));
  }

  private void accept(FetchTurn turn) throws InterruptedException {
    if (turn instanceof FetchTurn.Page page) {
      accept(page);
    } else if (turn instanceof FetchTurn.Finished finished) {
      done(finished.rev());
    } else if (turn instanceof FetchTurn.Unchanged unchanged) {
      done(unchanged.rev());
    }
  }

  private void accept(FetchTurn.Page page) throws InterruptedException {
    for (Failure rejected : page.rejected()) {
      run.recordRejected(did(), rejected);
    }
    if (!page.events().isEmpty()) {
      begunToWrite();
      run.writer(did())
          .submit(new WriteItem(this, page.events(), () -> checkpoint(page.position()), false));
    }
    goOnUnlessWriterLags();
  }

  private LeaseUpdate checkpoint(String reached) {
    return new LeaseUpdate.Checkpoint(lease, position.encode(reached));
  }

  private void begunToWrite() {
    lock.lock();
    try {
      unwritten++;
    } finally {
      lock.unlock();
    }
  }

  private void goOnUnlessWriterLags() {
    lock.lock();
    try {
      waitsForWriter = unwritten >= MOST_UNWRITTEN;
      if (waitsForWriter) {
        return;
      }
    } finally {
      lock.unlock();
    }
    run.scheduler().submit(this);
  }

  /** A page of this repo is durable, or could not be written because the lease is lost. */
  void written() {
    lock.lock();
    try {
      unwritten--;
      if (!waitsForWriter) {
        return;
      }
      waitsForWriter = false;
    } finally {
      lock.unlock();
    }
    run.scheduler().submit(this);
  }

  /** The sink refused some of this repo's records; called by the writer only. */
  void refused(long records, String why) {
    position = position.refusing(records, why);
  }

  // ---- when a turn came to nothing

  private TurnResult failed(Failure failure) {
    run.counters().error(failure.kind());
    if (failure.kind() == ErrorKind.RATE_LIMITED) {
      run.scheduler().submitFirst(this);
      return TurnResult.THROTTLED;
    }
    retryOrFail(failure);
    return concernsHost(failure.kind()) ? new TurnResult.HostFailed(failure) : TurnResult.ANSWERED;
  }

  private static boolean concernsHost(ErrorKind kind) {
    return switch (kind) {
      case DNS, CONNECT, TIMEOUT, TLS, TOO_SLOW, SERVER_ERROR -> true;
      default -> false;
    };
  }

  private void retryOrFail(Failure failure) {
    if (!failure.kind().retryable() || lease.attempts() + 1 >= run.settings().maxAttempts()) {
      fail(failure);
      return;
    }
    run.listener().repoFailed(did(), failure, true);
    Duration after = run.settings().retryAfter(lease.attempts());
    handOn(() -> new LeaseUpdate.Retry(lease, knownHost(), after, failure));
  }

  /**
   * The host says that the account is not active or not there. It may have moved, so its DID is
   * resolved afresh once before that is believed.
   */
  private void unavailable(RepoUnavailableException refusal) {
    if (resolvedAfresh) {
      close(refusal);
      return;
    }
    resolvedAfresh = true;
    try {
      ServiceUrl current = run.locator().resolveAfresh(did());
      if (current.equals(host)) {
        close(refusal);
      } else {
        log.debug("{} is no longer at {} but at {}", did(), host, current);
        host = current;
        reading = open(current, null);
        waitForTurn(current);
      }
    } catch (InterruptedException e) {
      putDown();
    } catch (BackfillException e) {
      notLocated(Failure.of(e));
    }
  }

  /** The DID leads nowhere, or nobody could be asked where it leads. */
  private void notLocated(Failure failure) {
    run.counters().error(failure.kind());
    if (failure.kind() == ErrorKind.DID_TOMBSTONED) {
      close(RepoState.GONE, failure.toString());
    } else if (run.locator().concernsDirectory(did(), failure.kind())
        && !run.locator().directoryFailed(failure)) {
      // The directory's trouble is not the repo's: nothing is charged.
      Duration after = run.settings().firstRetry();
      handOn(() -> new LeaseUpdate.Release(lease, lease.pds(), after, true));
    } else {
      retryOrFail(failure);
    }
  }

  // ---- ends

  private void done(Tid rev) {
    handOn(
        () ->
            position.refused() == 0
                ? new LeaseUpdate.Done(lease, rev)
                : new LeaseUpdate.Failed(lease, refusals()));
  }

  private Failure refusals() {
    return new Failure(
        ErrorKind.SINK,
        String.format(
            "the sink refused %d of the records of %s, first: %s",
            position.refused(), did(), position.firstRefusal()));
  }

  private void close(RepoUnavailableException refusal) {
    RepoStatus status = refusal.status();
    close(
        status == RepoStatus.GONE ? RepoState.GONE : RepoState.UNAVAILABLE,
        status.word() + ": " + refusal.getMessage());
  }

  private void close(RepoState state, String reason) {
    handOn(() -> new LeaseUpdate.Closed(lease, state, reason));
  }

  /** Gives up on the repo. */
  void fail(Failure failure) {
    handOn(() -> new LeaseUpdate.Failed(lease, failure));
  }

  /** Gives the repo back as it stands; whoever claims it next goes on from its checkpoint. */
  void putDown() {
    handOn(() -> new LeaseUpdate.Release(lease, knownHost(), Duration.ZERO, true));
  }

  private @Nullable ServiceUrl knownHost() {
    return host == null ? lease.pds() : host;
  }

  private void handOn(Supplier<LeaseUpdate> update) {
    handedOn = true;
    run.writer(did()).submitLast(new WriteItem(this, List.of(), update, true));
  }
}

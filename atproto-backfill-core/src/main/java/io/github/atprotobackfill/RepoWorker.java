package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.FetchTurn;
import io.github.atprotobackfill.fetch.RepoReading;
import io.github.atprotobackfill.fetch.RepoStatus;
import io.github.atprotobackfill.fetch.RepoUnavailableException;
import io.github.atprotobackfill.identity.DidResolutionException;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.sink.SinkDoctor;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.HostBudget;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

  /** A repo that is written to whenever it is listed is left as it is after so many more tries. */
  private static final int MOST_READ_AGAIN = 2;

  private final RunContext run;
  private final Lease lease;
  private final @Nullable HeldRepo held;
  private final LeaseTerm term;
  private final RepoReadings readings;
  private final RepoEnding ending;
  private final WriterLag lag = new WriterLag();

  private volatile @Nullable ServiceUrl host;
  private volatile ReadingPosition position;
  private @Nullable ServiceUrl countedAt;
  private volatile @Nullable RepoReading reading;
  private volatile @Nullable RepoStatus inactiveAs;
  private boolean resolvedAfresh;
  private int readAgain;
  private long unchanged;
  private volatile boolean waitsHolding;
  private volatile boolean holdsSnapshot;

  /**
   * @param held what is known of the repo
   * @param holdsRecords whether the sink may hold records of it
   * @param deadline the moment, on the run's ticker, from which the lease may be another's
   */
  RepoWorker(
      RunContext run, Lease lease, @Nullable HeldRepo held, boolean holdsRecords, long deadline) {
    this.run = run;
    this.lease = lease;
    this.held = held;
    this.term = new LeaseTerm(run::nanoTime, deadline);
    this.readings = new RepoReadings(run, lease, held, holdsRecords);
    this.countedAt = lease.pds();
    this.position = ReadingPosition.decode(lease.position());
    this.ending = new RepoEnding(run, lease, held, holdsRecords, () -> position, this::handOn);
  }

  Did did() {
    return lease.did();
  }

  Lease lease() {
    return lease;
  }

  /** What was known of the repo when it was claimed. */
  @Nullable HeldRepo held() {
    return held;
  }

  /** How long the lease may be acted under. */
  LeaseTerm term() {
    return term;
  }

  /** The repo's host; known once it is located. */
  ServiceUrl host() {
    return Objects.requireNonNull(host, "the repo is not located yet");
  }

  /** The host at which it was read, or was known before; null when it was never found. */
  @Nullable ServiceUrl heldAt() {
    return host == null && held != null ? held.pds() : host;
  }

  /** Why the account is not served, if that is how its part ended. */
  Optional<RepoStatus> inactiveAs() {
    return Optional.ofNullable(inactiveAs);
  }

  /** From what the next turn at the host is spent. */
  HostBudget budget() {
    RepoReading current = reading;
    XrpcClient client = run.settings().client();
    return current == null ? client.budget(host()) : client.budget(host(), current.method());
  }

  /** Whether the next turn is one at the host, and not with what is at hand. */
  boolean needsHost() {
    RepoReading current = reading;
    return current == null || !current.atHand();
  }

  /** Under which host the desk counts this repo; null while that is not known. */
  @Nullable ServiceUrl countedAt() {
    return countedAt;
  }

  /** Called by the desk, under its lock. */
  void countAt(ServiceUrl counted) {
    countedAt = counted;
  }

  // ---- before the first turn

  /** Finds the repo's host and waits for a turn there, unless nothing has to be asked at all. */
  void locate() {
    if (!run.control().working()) {
      putDown();
      return;
    }
    Tid heldRev = readings.heldRev();
    if (heldRev != null && heldRev.equals(lease.rev())) {
      ending.done(heldRev, null);
      return;
    }
    try {
      ServiceUrl found = run.locator().locate(lease, held);
      host = found;
      reading = readings.open(found, position.fetcher());
      waitForTurn(found);
    } catch (InterruptedException e) {
      putDown();
    } catch (BackfillException e) {
      notLocated(Failure.of(e));
    } catch (RuntimeException e) {
      brokeDown(e);
    } catch (Error e) {
      breakDown(e);
    }
  }

  private void waitForTurn(ServiceUrl found) {
    if (!run.desk().admit(this, found)) {
      putDown();
      return;
    }
    Optional<Failure> givenUp = run.scheduler().givenUp(found);
    if (givenUp.isPresent()) {
      hostGivenUp(givenUp.get());
    } else if (!lag.waitsForAll()) {
      run.scheduler().submit(this);
    }
  }

  /** The host does not answer anybody; the repo ends with it. */
  void hostGivenUp(Failure failure) {
    run.counters().error(failure.kind());
    ending.failed(
        new Failure(failure.kind(), did() + ": its host is given up: " + failure.message()));
  }

  // ---- turns

  /** Takes one turn at the host. Never throws. */
  TurnResult takeTurn() {
    if (!run.control().working()) {
      putDown();
      return TurnResult.NOT_TAKEN;
    }
    if (!term.holds()) {
      log.info("the lease of {} ran out before its turn at {}", did(), host);
      run.forget(this);
      return TurnResult.NOT_TAKEN;
    }
    try {
      return accept(Objects.requireNonNull(reading).turn());
    } catch (InterruptedException e) {
      putDown();
      return TurnResult.NOT_TAKEN;
    } catch (BreakdownException e) {
      run.control().breakDown(e);
      putDown();
      return TurnResult.NOT_TAKEN;
    } catch (RepoUnavailableException e) {
      unavailable(e);
      return TurnResult.ANSWERED;
    } catch (DidResolutionException e) {
      // Its key is looked up at the directory, which tells nothing of the host.
      notLocated(Failure.of(e));
      return TurnResult.NOT_TAKEN;
    } catch (BackfillException e) {
      return failed(Failure.of(e));
    } catch (RuntimeException e) {
      brokeDown(e);
      return TurnResult.ANSWERED;
    } catch (Error e) {
      breakDown(e);
      return TurnResult.NOT_TAKEN;
    }
  }

  /** An error is none of the repo: no memory is left, or the program is not whole. */
  private void breakDown(Error e) {
    run.control().breakDown(new IllegalStateException("reading " + did() + " broke down: " + e, e));
    putDown();
  }

  private void brokeDown(RuntimeException e) {
    log.error("reading {} at {} broke down", did(), host, e);
    run.counters().error(ErrorKind.INTERNAL);
    ending.failed(Failure.of(e));
  }

  private TurnResult accept(FetchTurn turn) throws InterruptedException {
    if (turn instanceof FetchTurn.Page page) {
      return accept(page);
    }
    if (turn instanceof FetchTurn.Finished finished) {
      return finish(finished);
    }
    if (turn instanceof FetchTurn.Unchanged same) {
      ending.done(same.rev(), null);
    }
    return TurnResult.ANSWERED;
  }

  private TurnResult accept(FetchTurn.Page page) throws InterruptedException {
    page.rejected().forEach(rejected -> run.recordRejected(did(), rejected));
    page.unproven().forEach(unproven -> run.unproven(did(), unproven));
    unchanged += page.unchanged();
    if (!page.events().isEmpty()) {
      lag.begun();
      run.writer(did()).submit(pageItem(page));
    }
    return goOnUnlessWriterLags();
  }

  private WriteItem pageItem(FetchTurn.Page page) {
    return new WriteItem(
        this,
        page.events(),
        takeUnchanged(),
        null,
        () -> new LeaseUpdate.Checkpoint(lease, position.encode(page.position().get())),
        false);
  }

  private long takeUnchanged() {
    long taken = unchanged;
    unchanged = 0;
    return taken;
  }

  /**
   * A listing during which the repo was written to is of no single rev. Where that costs no more
   * than what differs, it is read again, so that the repo ends as it stood at one. Not before the
   * sink holds all that was read the first time: what is gone by then is to be found there.
   */
  private TurnResult finish(FetchTurn.Finished finished) {
    if (finished.moved() && run.heldRecords() != null && readAgain < MOST_READ_AGAIN) {
      readAgain++;
      closeReading();
      reading = readings.open(host(), null);
      waitsHolding = false;
      return lag.waitsForAll() ? TurnResult.ANSWERED : TurnResult.GOES_ON;
    }
    holdsSnapshot = finished.snapshot().isPresent();
    if (!holdsSnapshot) {
      closeReading();
    }
    ending.done(finished.rev(), finished.snapshot().orElse(null));
    return holdsSnapshot ? TurnResult.HOLDS : TurnResult.ANSWERED;
  }

  private TurnResult goOnUnlessWriterLags() {
    boolean holding = !needsHost();
    waitsHolding = holding;
    if (!lag.waits()) {
      return TurnResult.GOES_ON;
    }
    return holding ? TurnResult.HOLDS : TurnResult.ANSWERED;
  }

  /** A page of this repo is durable, or could not be written because the lease is lost. */
  void written() {
    if (!lag.written()) {
      return;
    }
    if (waitsHolding) {
      run.scheduler().submitHolding(this);
    } else {
      run.scheduler().submit(this);
    }
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
    ending.retryOrFail(failure, knownHost());
    return concernsHost(failure.kind()) ? new TurnResult.HostFailed(failure) : TurnResult.ANSWERED;
  }

  private static boolean concernsHost(ErrorKind kind) {
    return switch (kind) {
      case DNS, CONNECT, TIMEOUT, TLS, TOO_SLOW, SERVER_ERROR -> true;
      default -> false;
    };
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
        closeReading();
        reading = readings.open(current, null);
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
      close(RepoStatus.GONE, failure.toString());
    } else if (run.locator().concernsDirectory(did(), failure.kind())
        && !run.locator().directoryFailed(failure)) {
      // The directory's trouble is not the repo's: nothing is charged.
      Duration after = run.settings().firstRetry();
      ending.givenBack(lease.pds(), after);
    } else {
      ending.retryOrFail(failure, knownHost());
    }
  }

  // ---- ends

  private void close(RepoUnavailableException refusal) {
    close(refusal.status(), refusal.status().word() + ": " + refusal.getMessage());
  }

  private void close(RepoStatus status, String reason) {
    inactiveAs = status;
    ending.closed(status, reason);
  }

  /** Gives the repo back as it stands. */
  void putDown() {
    ending.givenBack(knownHost(), Duration.ZERO);
  }

  private @Nullable ServiceUrl knownHost() {
    return host == null ? lease.pds() : host;
  }

  private void handOn(SinkDoctor.@Nullable Note note, Supplier<LeaseUpdate> update) {
    term.handOn();
    run.desk().readToEnd(this);
    run.writer(did())
        .submitLast(new WriteItem(this, List.of(), takeUnchanged(), note, update, true));
  }

  /** Whether what was read is needed until its last item is written. */
  boolean holdsSnapshot() {
    return holdsSnapshot;
  }

  /** Lets go of what was read, once nobody needs it any more. */
  void closeReading() {
    RepoReading current = reading;
    reading = null;
    if (current != null) {
      current.close();
    }
    readings.close();
  }
}

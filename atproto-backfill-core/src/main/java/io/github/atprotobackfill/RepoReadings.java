package io.github.atprotobackfill;

import io.github.atprotobackfill.fetch.FetchChoice;
import io.github.atprotobackfill.fetch.FetchRequest;
import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.fetch.RepoReading;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import org.jspecify.annotations.Nullable;

/**
 * Begins readings of one leased repo, with all that is known of it. Used by one thread at a time.
 */
final class RepoReadings {

  private final RunContext run;
  private final Lease lease;
  private final @Nullable HeldRepo held;
  private final boolean holdsRecords;
  private int begun;
  private @Nullable HeldAhead ahead;

  /**
   * @param held what is known of the repo
   * @param holdsRecords whether the sink may hold records of it
   */
  RepoReadings(RunContext run, Lease lease, @Nullable HeldRepo held, boolean holdsRecords) {
    this.run = run;
    this.lease = lease;
    this.held = held;
    this.holdsRecords = holdsRecords;
  }

  /** The rev that the sink holds of everything that is wanted of this repo, if it may stay so. */
  @Nullable Tid heldRev() {
    // What was held of an account that was not active may have been removed since.
    return held != null
            && run.settings().skipUnchanged()
            && held.status().equals(HeldRepo.ACTIVE)
            && held.covers(run.collections())
        ? held.rev()
        : null;
  }

  /** Begins at a position; at the beginning where it is null. */
  RepoReading open(ServiceUrl at, @Nullable String position) {
    close();
    ahead = comparesWithHeld() ? run.heldAhead() : null;
    FetchRequest request =
        FetchRequest.of(lease.did(), at, afresh -> run.locator().key(lease.did(), afresh))
            .withCollections(run.collections())
            .withHeld(heldBefore())
            .withPosition(position)
            .withClock(run.clock());
    boolean snapshot = run.heldRecords() == null && run.settings().sink().wantsSnapshots();
    begun++;
    return open(snapshot ? request.withSnapshot() : request);
  }

  private RepoReading open(FetchRequest request) {
    RecordFetcher fetcher = run.settings().fetcher();
    FetchChoice choice = fetcher.choice(request);
    run.counters().begunToRead(choice.way());
    run.listener().fetchChosen(lease.did(), request.pds(), choice);
    return fetcher.open(request, choice);
  }

  private FetchRequest.Held heldBefore() {
    Tid complete = heldRev();
    boolean moved = begun > 0 || (lease.rev() != null && !lease.rev().equals(complete));
    return new FetchRequest.Held(moved ? null : complete, held == null ? null : held.rev(), ahead);
  }

  /** What another reading wrote under this lease or an earlier one is compared, too. */
  private boolean comparesWithHeld() {
    return holdsRecords || begun > 0 || lease.position() != null;
  }

  /** Lets go of what the sink was asked ahead for the last reading. */
  void close() {
    HeldAhead current = ahead;
    ahead = null;
    if (current != null) {
      current.close();
    }
  }
}

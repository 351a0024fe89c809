package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.RepoStatus;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.sink.SinkDoctor;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a leased repo: what its sink is told last, and what is noted in the queue. Each
 * of these ends the worker's part, behind everything it gave to be written.
 */
final class RepoEnding {

  private final RunContext run;
  private final Lease lease;
  private final @Nullable HeldRepo held;
  private final boolean holdsRecords;
  private final Supplier<ReadingPosition> position;
  private final HandOn handOn;

  /** Hands the lease back. */
  @FunctionalInterface
  interface HandOn {
    void with(SinkDoctor.@Nullable Note note, Supplier<LeaseUpdate> update);
  }

  /**
   * @param held what was known of the repo
   * @param holdsRecords whether the sink may hold records of it
   * @param position how far it was read when it is asked for
   */
  RepoEnding(
      RunContext run,
      Lease lease,
      @Nullable HeldRepo held,
      boolean holdsRecords,
      Supplier<ReadingPosition> position,
      HandOn handOn) {
    this.run = run;
    this.lease = lease;
    this.held = held;
    this.holdsRecords = holdsRecords;
    this.position = position;
    this.handOn = handOn;
  }

  /** Everything wanted is given. */
  void done(Tid rev, @Nullable RepoSnapshot snapshot) {
    boolean mayBeHidden = mayBeHidden(snapshot);
    SinkDoctor.Note note =
        snapshot == null && !mayBeHidden ? null : sink -> tell(sink, snapshot, mayBeHidden);
    handOn.with(note, () -> unlessRefused(new LeaseUpdate.Done(lease, rev)));
  }

  /** Where nothing is known of the account, the sink may know more, from stores that are gone. */
  private boolean mayBeHidden(@Nullable RepoSnapshot snapshot) {
    return held == null ? holdsRecords || snapshot != null : !held.status().equals(HeldRepo.ACTIVE);
  }

  private void tell(RecordSink sink, @Nullable RepoSnapshot snapshot, boolean mayBeHidden)
      throws Exception {
    if (snapshot != null) {
      sink.complete(snapshot);
    }
    if (mayBeHidden) {
      sink.account(AccountEvent.active(lease.did(), now()));
    }
  }

  /** The account is not served. */
  void closed(RepoStatus status, String reason) {
    RepoState state = status == RepoStatus.GONE ? RepoState.GONE : RepoState.UNAVAILABLE;
    AccountEvent event = AccountEvent.inactive(lease.did(), status.word(), now());
    handOn.with(
        sink -> sink.account(event),
        () -> unlessRefused(new LeaseUpdate.Closed(lease, state, reason)));
  }

  private Instant now() {
    return run.laterThan(held);
  }

  /** What the sink refused is not done, however the repo ends. */
  private LeaseUpdate unlessRefused(LeaseUpdate end) {
    ReadingPosition reached = position.get();
    return reached.refused() == 0 ? end : new LeaseUpdate.Failed(lease, refusals(reached));
  }

  private Failure refusals(ReadingPosition reached) {
    return new Failure(
        ErrorKind.SINK,
        String.format(
            "the sink refused %d of what it was given of %s, first: %s",
            reached.refused(), lease.did(), reached.firstRefusal()));
  }

  /** Another try later, as long as there are any left. */
  void retryOrFail(Failure failure, @Nullable ServiceUrl host) {
    if (!failure.kind().retryable() || lease.attempts() + 1 >= run.settings().maxAttempts()) {
      failed(failure);
      return;
    }
    run.listener().repoFailed(lease.did(), failure, true);
    Duration after = run.settings().retryAfter(lease.attempts());
    handOn.with(null, () -> new LeaseUpdate.Retry(lease, host, after, failure));
  }

  /** Given up. */
  void failed(Failure failure) {
    handOn.with(null, () -> new LeaseUpdate.Failed(lease, failure));
  }

  /** Given back as it stands; whoever claims it next goes on from its checkpoint. */
  void givenBack(@Nullable ServiceUrl host, Duration after) {
    handOn.with(null, () -> new LeaseUpdate.Release(lease, host, after, true));
  }
}

package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LeaseUpdate} as one row of the statement that applies them all.
 *
 * @param did the repo
 * @param fence the fence that must still be the newest
 * @param state the state it moves to; a lease goes on while it is {@code LEASED}
 * @param pds the host it is queued under from now on; null to leave it
 * @param charge failed tries to add
 * @param keepPosition whether the stored position stays; otherwise {@code position} replaces it
 * @param position where reading goes on
 * @param waitMillis milliseconds until it may be claimed; null for never again
 * @param rev the rev it is done at; null to leave what is stored
 * @param reason why it is unavailable or gone
 * @param failure the failure to remember; null to leave what is stored
 */
record RepoChange(
    String did,
    long fence,
    RepoState state,
    @Nullable String pds,
    int charge,
    boolean keepPosition,
    @Nullable String position,
    @Nullable Long waitMillis,
    @Nullable String rev,
    @Nullable String reason,
    @Nullable Failure failure) {

  /** What stands in the pds column while the host is not known. */
  static final String NO_PDS = "";

  /** About three centuries: added to any clock it stays within a long. */
  private static final Duration LONGEST = Duration.ofDays(100_000);

  /** Sets {@link #waitMillis} as a parameter. */
  void setWait(PreparedStatement statement, int index) throws SQLException {
    if (waitMillis == null) {
      statement.setNull(index, Types.BIGINT);
    } else {
      statement.setLong(index, waitMillis);
    }
  }

  static RepoChange of(LeaseUpdate update) {
    Lease lease = update.lease();
    if (update instanceof LeaseUpdate.Renew) {
      return open(lease, RepoState.LEASED, null, 0, true, null, lease.lasts(), null);
    }
    if (update instanceof LeaseUpdate.Checkpoint checkpoint) {
      String position = checkpoint.position();
      return open(lease, RepoState.LEASED, null, 0, false, position, lease.lasts(), null);
    }
    if (update instanceof LeaseUpdate.Release release) {
      String pds = stored(release.pds());
      boolean keep = release.keepPosition();
      return open(lease, RepoState.QUEUED, pds, 0, keep, null, release.after(), null);
    }
    if (update instanceof LeaseUpdate.Retry retry) {
      String pds = stored(retry.pds());
      return open(lease, RepoState.RETRY, pds, 1, true, null, retry.after(), retry.failure());
    }
    if (update instanceof LeaseUpdate.Done done) {
      return closed(lease, RepoState.DONE, done.rev().toString(), null, null);
    }
    if (update instanceof LeaseUpdate.Closed closed) {
      return closed(lease, closed.state(), null, StoredText.readable(closed.reason()), null);
    }
    if (update instanceof LeaseUpdate.Failed failed) {
      return closed(lease, RepoState.FAILED, null, null, failed.failure());
    }
    throw new IllegalStateException("not a lease update: " + update);
  }

  @Nullable String errorKind() {
    return failure == null ? null : failure.kind().code();
  }

  @Nullable String errorMessage() {
    return failure == null ? null : failure.message();
  }

  /** The host as the pds column holds it. */
  static String stored(@Nullable ServiceUrl pds) {
    return pds == null ? NO_PDS : pds.toString();
  }

  /** A duration as it is added to the database's clock. */
  static long millis(Duration duration) {
    if (duration.isNegative()) {
      return 0;
    }
    return (duration.compareTo(LONGEST) > 0 ? LONGEST : duration).toMillis();
  }

  private static RepoChange open(
      Lease lease,
      RepoState state,
      @Nullable String pds,
      int charge,
      boolean keepPosition,
      @Nullable String position,
      Duration wait,
      @Nullable Failure failure) {
    return new RepoChange(
        lease.did().toString(),
        lease.fence(),
        state,
        pds,
        charge,
        keepPosition,
        StoredText.encode(position),
        millis(wait),
        null,
        null,
        failure);
  }

  private static RepoChange closed(
      Lease lease,
      RepoState state,
      @Nullable String rev,
      @Nullable String reason,
      @Nullable Failure failure) {
    return new RepoChange(
        lease.did().toString(),
        lease.fence(),
        state,
        null,
        0,
        false,
        null,
        null,
        rev,
        reason,
        failure);
  }
}

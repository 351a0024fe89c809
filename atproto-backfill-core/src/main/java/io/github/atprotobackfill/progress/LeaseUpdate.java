package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A change to a leased repo, good only under the lease's fence. */
public sealed interface LeaseUpdate {

  /** The lease under which the change is made. */
  Lease lease();

  /** Goes on holding the lease for its full time again. */
  record Renew(Lease lease) implements LeaseUpdate {}

  /** Records written up to {@code position}; renews the lease. */
  record Checkpoint(Lease lease, String position) implements LeaseUpdate {}

  /**
   * Gives the repo back, to be claimed under {@code pds}; nothing is charged.
   *
   * @param pds the host under which it waits now; null for not resolved
   * @param after how long it should wait, zero for none
   * @param keepPosition whether reading may go on where it stopped
   */
  record Release(Lease lease, @Nullable ServiceUrl pds, Duration after, boolean keepPosition)
      implements LeaseUpdate {}

  /** A try failed and is charged; the repo becomes claimable again after {@code after}. */
  record Retry(Lease lease, @Nullable ServiceUrl pds, Duration after, Failure failure)
      implements LeaseUpdate {}

  /** All records wanted are written, as of {@code rev}. */
  record Done(Lease lease, Tid rev) implements LeaseUpdate {}

  /**
   * The account is not active, or gone.
   *
   * @param state {@code UNAVAILABLE} or {@code GONE}
   * @param reason the status and who said so
   */
  record Closed(Lease lease, RepoState state, String reason) implements LeaseUpdate {}

  /** Given up. */
  record Failed(Lease lease, Failure failure) implements LeaseUpdate {}
}

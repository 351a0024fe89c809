package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A change to a leased repo. It is good while the repo is leased under just this lease's fence,
 * even past the lease's time, as long as nobody claimed the repo again. What ends a lease ends that
 * too: an update under a lease that was released, retried or brought to an end is lost.
 */
public sealed interface LeaseUpdate {

  /** The lease under which the change is made. */
  Lease lease();

  /** Goes on holding the lease for its full time again. */
  record Renew(Lease lease) implements LeaseUpdate {}

  /** Records written up to {@code position}; renews the lease. */
  record Checkpoint(Lease lease, String position) implements LeaseUpdate {}

  /**
   * Gives the repo back; nothing is charged. It waits as {@code QUEUED}, behind those of its host
   * that may be claimed already.
   *
   * @param pds the host under which it waits now; null for not resolved
   * @param after how long it must wait; none when zero or less
   * @param keepPosition whether reading may go on where it stopped; not when the host changed
   */
  record Release(Lease lease, @Nullable ServiceUrl pds, Duration after, boolean keepPosition)
      implements LeaseUpdate {

    public Release {
      after = after.isNegative() ? Duration.ZERO : after;
    }
  }

  /**
   * A try failed and is charged; reading will go on at the stored position.
   *
   * @param pds the host under which it waits now; null for not resolved
   * @param after how long it must wait; none when zero or less
   * @param failure what happened
   */
  record Retry(Lease lease, @Nullable ServiceUrl pds, Duration after, Failure failure)
      implements LeaseUpdate {

    public Retry {
      after = after.isNegative() ? Duration.ZERO : after;
    }
  }

  /** All records wanted are written, as of {@code rev}. */
  record Done(Lease lease, Tid rev) implements LeaseUpdate {}

  /**
   * The account is not active, or gone.
   *
   * @param state {@code UNAVAILABLE} or {@code GONE}
   * @param reason the status and who said so
   */
  record Closed(Lease lease, RepoState state, String reason) implements LeaseUpdate {

    public Closed {
      if (state != RepoState.UNAVAILABLE && state != RepoState.GONE) {
        throw new IllegalArgumentException("a repo is not closed as " + state.code());
      }
    }
  }

  /** Given up. */
  record Failed(Lease lease, Failure failure) implements LeaseUpdate {}
}

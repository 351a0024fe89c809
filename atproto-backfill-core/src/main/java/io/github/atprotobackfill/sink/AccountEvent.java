package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.syntax.Did;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * How an account stands as of {@link #at()}. Whether its records are to be shown is decided by
 * {@link #active()}; the status says no more than why.
 *
 * @param did the account
 * @param active whether its host serves it
 * @param status {@code active}, or the protocol's word: {@code deactivated}, {@code suspended},
 *     {@code takendown}, {@code deleted}, {@code throttled}, {@code desynchronized}, or one that is
 *     not known yet
 * @param at when this was found out or announced, to the millisecond; an older event never undoes a
 *     newer one
 * @see <a href="https://atproto.com/specs/account">Account hosting specification</a>
 */
public record AccountEvent(Did did, boolean active, String status, Instant at) {

  public AccountEvent {
    at = at.truncatedTo(ChronoUnit.MILLIS);
  }

  /** The status of an account that nothing is to be said about. */
  public static final String ACTIVE = "active";

  /** The status of an account that is gone for good, or until it is said to be active again. */
  public static final String DELETED = "deleted";

  /** The account is served without reservation. */
  public static AccountEvent active(Did did, Instant at) {
    return new AccountEvent(did, true, ACTIVE, at);
  }

  /** The account is not served, for the reason that the protocol's word {@code status} names. */
  public static AccountEvent inactive(Did did, String status, Instant at) {
    return new AccountEvent(did, false, status, at);
  }

  /** The account no longer exists. */
  public static AccountEvent deleted(Did did, Instant at) {
    return new AccountEvent(did, false, DELETED, at);
  }

  /** Whether the account no longer exists, and is not only hidden for a while. */
  public boolean isDeleted() {
    return !active && status.equals(DELETED);
  }
}

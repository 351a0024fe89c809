package io.github.atprotobackfill.testkit.network;

/** How a correct backfill must end with an account, its DID being followed to its host. */
public enum ExpectedOutcome {
  /** Every record is there to be read. */
  READABLE,
  /** The host that the DID document names says that the account is not active. */
  UNAVAILABLE,
  /** Tombstoned, or the host that the DID document names does not know the account. */
  GONE,
  /** No host can be found: the DID is unknown, or its document names no host. */
  UNRESOLVABLE
}

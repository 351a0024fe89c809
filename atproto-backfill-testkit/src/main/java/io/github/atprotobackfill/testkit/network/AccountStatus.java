package io.github.atprotobackfill.testkit.network;

/** How an account of the simulated network stands: with its host, the directory and the relay. */
public enum AccountStatus {
  /** Served by the host that its DID document names. */
  ACTIVE(ExpectedOutcome.READABLE),
  /** Active, with a {@code did:web} identity instead of a {@code did:plc} one. */
  DID_WEB(ExpectedOutcome.READABLE),
  /** Active on a second host; the first still lists it as deactivated. */
  MIGRATED(ExpectedOutcome.READABLE),
  /** Active; it had records, all deleted since, but the relay still lists it. */
  EMPTIED(ExpectedOutcome.READABLE),
  /** Paused by its owner; its host lists it as inactive. */
  DEACTIVATED(ExpectedOutcome.UNAVAILABLE),
  /** Taken down by its host, which lists it as inactive. */
  TAKENDOWN(ExpectedOutcome.UNAVAILABLE),
  /** Suspended by its host, which lists it as inactive. */
  SUSPENDED(ExpectedOutcome.UNAVAILABLE),
  /** Deleted: its host knows nothing of it any more, the relay's collection listing does. */
  DELETED(ExpectedOutcome.GONE),
  /** Tombstoned in the directory; its host still serves it. */
  TOMBSTONED(ExpectedOutcome.GONE),
  /** Active on a host that its DID document does not name; the host named does not know it. */
  MISDIRECTED(ExpectedOutcome.GONE),
  /** Active on its host, but its DID document names no personal data server. */
  NO_PDS(ExpectedOutcome.UNRESOLVABLE),
  /** Active on its host, but the directory does not know its DID. */
  UNREGISTERED(ExpectedOutcome.UNRESOLVABLE);

  private final ExpectedOutcome outcome;

  AccountStatus(ExpectedOutcome outcome) {
    this.outcome = outcome;
  }

  /** What a backfill that follows DID documents must find out about such an account. */
  public ExpectedOutcome outcome() {
    return outcome;
  }

  /** The protocol's word in {@code listRepos} and {@code getRepoStatus}; only of inactive ones. */
  String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}

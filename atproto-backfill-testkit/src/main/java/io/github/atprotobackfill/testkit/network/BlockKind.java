package io.github.atprotobackfill.testkit.network;

/** What a block of a repo holds. */
public enum BlockKind {
  /** The signed commit, to which the CAR's header points. */
  COMMIT,
  /** A node of the Merkle search tree. */
  NODE,
  /** A record. */
  RECORD
}

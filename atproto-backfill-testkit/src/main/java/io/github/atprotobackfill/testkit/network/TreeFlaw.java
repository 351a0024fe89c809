package io.github.atprotobackfill.testkit.network;

/**
 * A rule of Merkle search trees that a tree may break, though every hash and the commit are true.
 */
public enum TreeFlaw {
  /** Two neighbours of one node have changed places; of a single record, it stands there twice. */
  ORDER,
  /** The first key stands a level above its own; there must be at least two records. */
  LEVEL,
  /** A key is not shortened by what it has in common with the one before it. */
  PREFIX,
  /** Above the tree stands a chain of {@value MstWriter#CHAIN} nodes without keys. */
  DEPTH
}

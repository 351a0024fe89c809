package io.github.atprotobackfill.sink;

/** How far it is proven that a record is what its account published. */
public enum Proof {
  /**
   * It was reached from a commit that the account's key signed; so nothing but the host's silence
   * about newer commits is left to be believed.
   */
  SIGNED,
  /** Its bytes hash to the CID that the host states; that the account wrote them is not proven. */
  HASHED,
  /** Record and CID are taken on the host's word. */
  NONE
}

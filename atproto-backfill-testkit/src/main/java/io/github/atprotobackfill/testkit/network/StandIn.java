package io.github.atprotobackfill.testkit.network;

/**
 * What stands for the CID of a repo's newest commit where {@link
 * SimulatedNetworkBuilder#signedHeads} is off: a hash of DID and rev. It changes when the rev does,
 * but no block has it.
 */
final class StandIn {

  private StandIn() {}

  static String of(String did, String rev) {
    ByteWriter block = new ByteWriter(64);
    new CborWriter(block).array(2).text(did).text(rev);
    return CidMaker.text(new CidMaker().of(block));
  }
}

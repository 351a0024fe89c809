package io.github.atprotobackfill.testkit.network;

/**
 * The CID that stands for a repo's newest commit: a hash of DID and rev. It changes when the rev
 * does, but no block has it, since hosts do not serve signed repos yet.
 */
final class Head {

  private Head() {}

  static String of(String did, String rev, CidMaker cids) {
    ByteWriter block = new ByteWriter(64);
    new CborWriter(block).array(2).text(did).text(rev);
    return cids.of(block);
  }
}

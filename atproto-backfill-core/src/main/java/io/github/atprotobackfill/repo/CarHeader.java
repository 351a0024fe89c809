package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The header of a CAR v1 file: {@code {"roots": [CID …], "version": 1}} and nothing else.
 *
 * @param root the first root, which is the commit of a repo
 * @param roots how many roots it names; what the others mean is not defined
 */
record CarHeader(BlockCid root, int roots) {

  private static final byte[] ROOTS = "roots".getBytes(US_ASCII);
  private static final byte[] VERSION = "version".getBytes(US_ASCII);
  private static final int FIELDS = 2;

  static CarHeader parse(byte[] bytes, int from, int to) {
    CborCursor cbor = new CborCursor(bytes, from, to);
    if (cbor.map() != FIELDS) {
      throw InvalidRepoException.malformed("the header of the CAR file has other than two fields");
    }
    cbor.requireKey(ROOTS);
    int roots = cbor.array();
    if (roots == 0) {
      throw InvalidRepoException.malformed("the header of the CAR file names no root");
    }
    BlockCid root = cbor.cid();
    for (int i = 1; i < roots; i++) {
      cbor.link();
    }
    cbor.requireKey(VERSION);
    long version = cbor.integer();
    if (version != 1) {
      throw InvalidRepoException.malformed("the CAR file has version " + version);
    }
    cbor.end();
    return new CarHeader(root, roots);
  }
}

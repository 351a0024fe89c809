package io.github.atprotobackfill.repo;

/**
 * The CID in front of a block: binary, without the zero that it has within CBOR, and with numbers
 * of any length; read anew for each block.
 *
 * <p>What a repo refers to has version 1, the codec dag-cbor and a SHA-256 digest. A block under
 * any other CID cannot be part of it; it is passed over as long as its CID has a known form.
 */
final class CarCid {

  /** The longest CID taken, in bytes. */
  static final int MOST_BYTES = 100;

  private static final int DAG_CBOR = 0x71;
  private static final int SHA_256 = 0x12;
  private static final int DIGEST_BYTES = BlockCid.DIGEST_BYTES;
  private static final int PLAIN_BYTES = 4 + DIGEST_BYTES;

  private long codec;
  private boolean sha256;
  private int digestAt;

  private int at;

  /** Reads the CID that begins at {@code from}; its length. */
  int read(byte[] bytes, int from, int to) {
    if (to - from >= PLAIN_BYTES
        && bytes[from] == 1
        && bytes[from + 1] == DAG_CBOR
        && bytes[from + 2] == SHA_256
        && bytes[from + 3] == DIGEST_BYTES) {
      codec = DAG_CBOR;
      sha256 = true;
      digestAt = from + 4;
      return PLAIN_BYTES;
    }
    return readAnyForm(bytes, from, to);
  }

  private int readAnyForm(byte[] bytes, int from, int to) {
    at = from;
    long version = number(bytes, to);
    if (version == SHA_256 && at < to && bytes[at] == DIGEST_BYTES) {
      // Version 0 is nothing but a hash: of a DAG-PB block, which no repo has.
      at++;
      codec = -1;
      sha256 = true;
      return behindDigest(DIGEST_BYTES, from, to);
    }
    if (version != 1) {
      throw InvalidRepoException.malformed("a block's CID has version " + version);
    }
    codec = number(bytes, to);
    boolean hashIsSha256 = number(bytes, to) == SHA_256;
    long length = number(bytes, to);
    sha256 = hashIsSha256 && length == DIGEST_BYTES;
    return behindDigest(length, from, to);
  }

  private int behindDigest(long length, int from, int to) {
    if (length > to - at || at + length - from > MOST_BYTES) {
      throw InvalidRepoException.malformed("a block is shorter than its CID, or that too long");
    }
    digestAt = at;
    return digestAt + (int) length - from;
  }

  private long number(byte[] bytes, int to) {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
      if (at == to) {
        throw InvalidRepoException.malformed("a block is shorter than its CID");
      }
      byte next = bytes[at++];
      number |= (next & 0x7fL) << shift;
      if (next >= 0) {
        if (next == 0 && shift > 0) {
          break;
        }
        return number;
      }
    }
    throw InvalidRepoException.malformed("a block's CID has a number not in its shortest form");
  }

  /** Whether the digest can be checked: it is SHA-256. */
  boolean isSha256() {
    return sha256;
  }

  /** Whether a repo can refer to the block: its CID is one of dag-cbor and SHA-256. */
  boolean isOfRepo() {
    return sha256 && codec == DAG_CBOR;
  }

  int digestAt() {
    return digestAt;
  }
}

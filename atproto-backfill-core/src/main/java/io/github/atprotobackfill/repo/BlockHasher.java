package io.github.atprotobackfill.repo;

/** What the hash of some bytes is like, without an object for each; not thread-safe. */
final class BlockHasher {

  private final BlockCid.Hasher sha256 = new BlockCid.Hasher();
  private final byte[] digest = new byte[BlockCid.DIGEST_BYTES];

  /** Whether the bytes in the range hash to the digest that stands at {@code digestAt}. */
  boolean matches(byte[] bytes, int from, int to, int digestAt) {
    hash(bytes, from, to);
    return BlockCid.isSameDigest(digest, 0, bytes, digestAt);
  }

  /** The leading zero bits of the hash of the bytes in the range. */
  int leadingZeros(byte[] bytes, int from, int to) {
    hash(bytes, from, to);
    int zeroBytes = 0;
    while (zeroBytes < BlockCid.DIGEST_BYTES && digest[zeroBytes] == 0) {
      zeroBytes++;
    }
    int bits = zeroBytes * Byte.SIZE;
    return zeroBytes == BlockCid.DIGEST_BYTES
        ? bits
        : bits + Integer.numberOfLeadingZeros(digest[zeroBytes] & 0xff) - 24;
  }

  private void hash(byte[] bytes, int from, int to) {
    sha256.digest(bytes, from, to, digest, 0);
  }
}

package io.github.atprotobackfill.testkit.network;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Names DAG-CBOR blocks by their SHA-256 (protocol: CIDv1). Not thread-safe. */
final class CidMaker {

  private static final byte[] PREFIX = {1, 0x71, 0x12, 32};
  private static final int BYTES = 36;

  private final MessageDigest sha256;

  CidMaker() {
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The CID of what {@code block} holds, as text. */
  String of(ByteWriter block) {
    sha256.update(block.array(), 0, block.length());
    byte[] cid = Arrays.copyOf(PREFIX, BYTES);
    System.arraycopy(sha256.digest(), 0, cid, PREFIX.length, BYTES - PREFIX.length);
    return "b" + Base32.encode(cid);
  }
}

package io.github.atprotobackfill.testkit.network;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Names blocks by their SHA-256 (protocol: CIDv1). Not thread-safe. */
final class CidMaker {

  private static final byte[] DAG_CBOR = {1, 0x71, 0x12, 32};
  private static final byte[] RAW = {1, 0x55, 0x12, 32};
  private static final int BYTES = 36;

  private final MessageDigest sha256 = sha256();

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The CID of the DAG-CBOR block that was written. */
  byte[] of(ByteWriter block) {
    sha256.update(block.array(), 0, block.length());
    return cid(DAG_CBOR);
  }

  /** The CID of a DAG-CBOR block. */
  byte[] of(byte[] block) {
    sha256.update(block);
    return cid(DAG_CBOR);
  }

  /** The CID of bytes that mean nothing to the protocol. */
  byte[] ofRaw(byte[] block) {
    sha256.update(block);
    return cid(RAW);
  }

  private byte[] cid(byte[] prefix) {
    byte[] cid = Arrays.copyOf(prefix, BYTES);
    System.arraycopy(sha256.digest(), 0, cid, prefix.length, BYTES - prefix.length);
    return cid;
  }

  static String text(byte[] cid) {
    return "b" + Base32.encode(cid);
  }
}

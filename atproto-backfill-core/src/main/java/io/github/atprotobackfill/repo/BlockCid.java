package io.github.atprotobackfill.repo;

import io.github.atprotobackfill.syntax.Cid;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The CID of a block in a repository: version 1, the SHA-256 hash of the block's bytes, and whether
 * they are DAG-CBOR or raw (protocol: CIDs). There is no other form of one, neither as text nor as
 * bytes, so that two are equal exactly if their texts are.
 *
 * <p>Immutable. The order is that of the bytes.
 */
public final class BlockCid implements Comparable<BlockCid> {

  /** The codec of commits, tree nodes and records. */
  public static final int DAG_CBOR = 0x71;

  /** The codec of blobs, which may lie in a CAR file too. */
  public static final int RAW = 0x55;

  /** The length of the binary form. */
  public static final int BYTES = 36;

  /** The length of the text form. */
  public static final int CHARACTERS = 59;

  static final int DIGEST_BYTES = 32;
  static final int DIGEST_AT = 4;
  static final char BASE32 = 'b';

  private static final int VERSION = 1;
  private static final int SHA_256 = 0x12;
  private static final int CODEC_AT = 1;

  /** What comes before the digest. */
  private static final int DAG_CBOR_HEAD = head(DAG_CBOR);

  private static final int RAW_HEAD = head(RAW);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final byte[] bytes;

  private BlockCid(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The CID of a block of DAG-CBOR. */
  public static BlockCid of(byte[] block) {
    return of(block, 0, block.length);
  }

  /** The CID of the block of DAG-CBOR that {@code bytes[from, to)} is. */
  public static BlockCid of(byte[] bytes, int from, int to) {
    return new Hasher().cid(bytes, from, to);
  }

  /** The CID that {@code text} is, or empty when it is not the CID of a block. */
  public static Optional<BlockCid> tryParse(Cid text) {
    byte[] characters = text.value().getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = new byte[BYTES];
    boolean whole =
        characters.length == CHARACTERS
            && characters[0] == BASE32
            && Base32.decode(characters, 1, CHARACTERS, bytes) == BYTES
            && isAt(bytes, 0);
    return whole ? Optional.of(new BlockCid(bytes)) : Optional.empty();
  }

  private static int head(int codec) {
    return VERSION << 24 | codec << 16 | SHA_256 << 8 | DIGEST_BYTES;
  }

  /** Whether the {@value #BYTES} bytes at {@code at}, which must be there, are such a CID. */
  static boolean isAt(byte[] bytes, int at) {
    int head = (int) INT.get(bytes, at);
    return head == DAG_CBOR_HEAD || head == RAW_HEAD;
  }

  /** Whether the digests at these two places, which must be there, are the same. */
  static boolean isSameDigest(byte[] one, int at, byte[] other, int otherAt) {
    // Asking Arrays for it takes several times as long.
    return (((long) LONG.get(one, at) ^ (long) LONG.get(other, otherAt))
            | ((long) LONG.get(one, at + 8) ^ (long) LONG.get(other, otherAt + 8))
            | ((long) LONG.get(one, at + 16) ^ (long) LONG.get(other, otherAt + 16))
            | ((long) LONG.get(one, at + 24) ^ (long) LONG.get(other, otherAt + 24)))
        == 0;
  }

  /** The CID at {@code at}, where {@link #isAt} is true. */
  static BlockCid at(byte[] bytes, int at) {
    return new BlockCid(Arrays.copyOfRange(bytes, at, at + BYTES));
  }

  /** The text form, for example {@code bafyrei…}. */
  public Cid text() {
    return new Cid(toString());
  }

  /** The binary form: a copy of {@value #BYTES} bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** {@link #DAG_CBOR} or {@link #RAW}. */
  public int codec() {
    return bytes[CODEC_AT];
  }

  /** Whether this is the CID at {@code at}. */
  boolean equalsAt(byte[] others, int at) {
    return at + BYTES <= others.length && Arrays.equals(bytes, 0, BYTES, others, at, at + BYTES);
  }

  void copyTo(byte[] target, int at) {
    System.arraycopy(bytes, 0, target, at, BYTES);
  }

  @Override
  public int compareTo(BlockCid other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BlockCid cid && Arrays.equals(bytes, cid.bytes);
  }

  @Override
  public int hashCode() {
    return ByteBuffer.wrap(bytes).getInt(DIGEST_AT);
  }

  @Override
  public String toString() {
    byte[] text = new byte[CHARACTERS];
    text[0] = BASE32;
    Base32.encode(bytes, 0, BYTES, text, 1);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** Hashes block after block with one digest. Not thread-safe. */
  static final class Hasher {

    private final MessageDigest sha256 = sha256();

    /** The CID of the DAG-CBOR in {@code bytes[from, to)}. */
    BlockCid cid(byte[] bytes, int from, int to) {
      byte[] cid = new byte[BYTES];
      INT.set(cid, 0, DAG_CBOR_HEAD);
      digest(bytes, from, to, cid, DIGEST_AT);
      return new BlockCid(cid);
    }

    /** Writes the {@value #DIGEST_BYTES} bytes of the hash of {@code bytes[from, to)}. */
    void digest(byte[] bytes, int from, int to, byte[] target, int at) {
      sha256.update(bytes, from, to - from);
      finish(target, at);
    }

    /** Writes the hash of what remains in {@code bytes}, and leaves nothing in it. */
    void digest(ByteBuffer bytes, byte[] target, int at) {
      sha256.update(bytes);
      finish(target, at);
    }

    private void finish(byte[] target, int at) {
      try {
        sha256.digest(target, at, DIGEST_BYTES);
      } catch (DigestException e) {
        throw new IllegalStateException("a hash of SHA-256 has " + DIGEST_BYTES + " bytes", e);
      }
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }
}

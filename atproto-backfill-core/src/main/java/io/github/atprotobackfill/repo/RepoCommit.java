package io.github.atprotobackfill.repo;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The signed root of a repository, version 3: whose it is, which revision, and the tree's hash.
 *
 * <p>One exists only for a well-formed block; that its account's key signed it is for {@link
 * #isSignedBy} to say. Immutable; equal when the blocks are.
 *
 * @see <a href="https://atproto.com/specs/repository#commit-objects">Repository specification</a>
 */
public final class RepoCommit {

  /** The version of the repository format. */
  public static final int VERSION = 3;

  private static final int SIGNATURE_BYTES = 64;

  private final BlockCid cid;
  private final Did did;
  private final Tid rev;
  private final BlockCid data;
  private final @Nullable BlockCid prev;
  private final byte[] signature;
  private final byte[] signedBytes;

  private RepoCommit(BlockCid cid, Fields fields) {
    this.cid = cid;
    this.did = fields.require(fields.did, "did");
    this.rev = fields.require(fields.rev, "rev");
    this.data = fields.require(fields.data, "data");
    this.prev = fields.prev;
    this.signature = fields.require(fields.signature, "sig");
    this.signedBytes = fields.signedBytes();
  }

  /**
   * The commit that a block is.
   *
   * @throws InvalidRepoException when it is none
   */
  public static RepoCommit parse(byte[] block) {
    return parse(block, 0, block.length);
  }

  static RepoCommit parse(byte[] bytes, int from, int to) {
    return new RepoCommit(BlockCid.of(bytes, from, to), new Fields(bytes, from, to));
  }

  /** The hash of the block, signature included. */
  public BlockCid cid() {
    return cid;
  }

  /** The account. */
  public Did did() {
    return did;
  }

  /** The revision, greater with every commit. */
  public Tid rev() {
    return rev;
  }

  /** The root of the tree. */
  public BlockCid data() {
    return data;
  }

  /** The commit before, which hardly any commit names any more. */
  public @Nullable BlockCid prev() {
    return prev;
  }

  /** The signature: a copy of its 64 bytes. */
  public byte[] signature() {
    return signature.clone();
  }

  /** Whether {@code key} made the signature. */
  public boolean isSignedBy(RepoKey key) {
    return key.verifies(signedBytes, signature);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RepoCommit commit && cid.equals(commit.cid);
  }

  @Override
  public int hashCode() {
    return cid.hashCode();
  }

  @Override
  public String toString() {
    return "commit " + rev + " of " + did + " (" + cid + ")";
  }

  /** What a block says, field by field; those that nobody knows are signed, too. */
  private static final class Fields {

    private final byte[] bytes;
    private final CborCursor cbor;
    private final int count;
    private final int begin;
    private final int end;

    private @Nullable Did did;
    private @Nullable Tid rev;
    private @Nullable BlockCid data;
    private @Nullable BlockCid prev;
    private boolean hasPrev;
    private byte @Nullable [] signature;
    private int signatureFrom;
    private int signatureTo;
    private long version;

    Fields(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.cbor = new CborCursor(bytes, from, to);
      this.count = cbor.map();
      this.begin = cbor.at();
      this.end = to;
      int key = CborCursor.NO_KEY;
      for (int i = 0; i < count; i++) {
        key = cbor.key(key);
        read(cbor.keyText(key), key);
      }
      cbor.end();
      check();
    }

    private void read(String name, int at) {
      switch (name) {
        case "did" -> did = did(cbor.text());
        case "rev" -> rev = rev(cbor.text());
        case "data" -> data = cbor.cid();
        case "prev" -> {
          hasPrev = true;
          prev = cbor.tryNull() ? null : cbor.cid();
        }
        case "sig" -> {
          signature = cbor.byteString();
          signatureFrom = at;
          signatureTo = cbor.at();
        }
        case "version" -> version = cbor.integer();
        default -> cbor.skip();
      }
    }

    private void check() {
      if (version != VERSION) {
        throw malformed(version == 0 ? "it has no version" : "its version is " + version);
      }
      if (!hasPrev) {
        throw malformed("it has no prev");
      }
      if (signature != null && signature.length != SIGNATURE_BYTES) {
        throw malformed("its signature has " + signature.length + " bytes");
      }
    }

    private <T> T require(@Nullable T value, String name) {
      if (value == null) {
        throw malformed("it has no " + name);
      }
      return value;
    }

    private static Did did(String text) {
      return Did.tryParse(text).orElseThrow(() -> malformed("its did is none"));
    }

    private static Tid rev(String text) {
      return Tid.tryParse(text).orElseThrow(() -> malformed("its rev is none"));
    }

    /** The same map without the signature; canonical, since this one is. */
    private byte[] signedBytes() {
      ByteArrayOutputStream signed = new ByteArrayOutputStream(end - begin);
      writeMapHead(signed, count - 1);
      signed.write(bytes, begin, signatureFrom - begin);
      signed.write(bytes, signatureTo, end - signatureTo);
      return signed.toByteArray();
    }

    private static void writeMapHead(ByteArrayOutputStream out, int size) {
      int map = CborCursor.MAP << 5;
      if (size < 24) {
        out.write(map | size);
      } else if (size < 1 << Byte.SIZE) {
        out.write(map | 24);
        out.write(size);
      } else {
        throw malformed("it has " + size + " fields");
      }
    }

    private static InvalidRepoException malformed(String what) {
      return InvalidRepoException.malformed("the commit is not valid: " + what);
    }
  }
}

package io.github.atprotobackfill.repo;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * The public key of an account, which verifies the commits of its repo (AT Protocol, Cryptography).
 *
 * <p>Keys come from DID documents, so from strangers: every spelling is checked to the end, the
 * point to be on its curve, and none costs more than a fraction of a millisecond, however long it
 * is. Two spellings of one point are equal keys.
 *
 * <p>Immutable and thread-safe. The point is decoded once; keep the key for as long as an account's
 * commits are verified.
 */
public final class RepoKey {

  private static final String MULTIKEY = "Multikey";
  private static final String LEGACY_K256 = "EcdsaSecp256k1VerificationKey2019";
  private static final String LEGACY_P256 = "EcdsaSecp256r1VerificationKey2019";
  private static final String DID_KEY = "did:key:";
  private static final char BASE58BTC = 'z';

  private static final int SIGNATURE_LENGTH = 64;

  private final KeyCurve curve;
  private final ECPublicKeyParameters key;
  private final String multibase;

  private RepoKey(KeyCurve curve, ECPublicKeyParameters key) {
    this.curve = curve;
    this.key = key;
    this.multibase = BASE58BTC + Base58.encode(curve.multikey(key));
  }

  /**
   * The key of a verification method in a DID document; empty when it is not a valid key of a kind
   * that signs repos.
   *
   * @param type {@code Multikey}, or one of the older {@code EcdsaSecp256k1VerificationKey2019} and
   *     {@code EcdsaSecp256r1VerificationKey2019}, whose text is the bare point, compressed or not
   * @param publicKeyMultibase the key's text
   */
  public static Optional<RepoKey> parse(String type, String publicKeyMultibase) {
    return switch (type) {
      case MULTIKEY -> ofMultikey(publicKeyMultibase);
      case LEGACY_K256 -> ofPoint(KeyCurve.K256, publicKeyMultibase);
      case LEGACY_P256 -> ofPoint(KeyCurve.P256, publicKeyMultibase);
      default -> Optional.empty();
    };
  }

  /** The key of a {@code did:key}; empty when it is not a valid key of a kind that signs repos. */
  public static Optional<RepoKey> ofDidKey(String didKey) {
    return didKey.startsWith(DID_KEY)
        ? ofMultikey(didKey.substring(DID_KEY.length()))
        : Optional.empty();
  }

  /**
   * The key that a Multikey spells, {@code zQ3s…} or {@code zDna…}; empty when it is not a valid
   * key of a kind that signs repos.
   */
  public static Optional<RepoKey> ofMultikey(String multibase) {
    return bytes(multibase, KeyCurve.PREFIX_LENGTH + KeyCurve.COMPRESSED_LENGTH)
        .filter(bytes -> bytes.length == KeyCurve.PREFIX_LENGTH + KeyCurve.COMPRESSED_LENGTH)
        .flatMap(
            bytes -> KeyCurve.ofMultikey(bytes).flatMap(curve -> of(curve, afterPrefix(bytes))));
  }

  private static Optional<RepoKey> ofPoint(KeyCurve curve, String multibase) {
    return bytes(multibase, KeyCurve.UNCOMPRESSED_LENGTH).flatMap(point -> of(curve, point));
  }

  private static Optional<byte[]> bytes(String multibase, int most) {
    return !multibase.isEmpty() && multibase.charAt(0) == BASE58BTC
        ? Base58.decode(multibase, 1, most)
        : Optional.empty();
  }

  private static byte[] afterPrefix(byte[] multikey) {
    return Arrays.copyOfRange(multikey, KeyCurve.PREFIX_LENGTH, multikey.length);
  }

  private static Optional<RepoKey> of(KeyCurve curve, byte[] point) {
    return curve.key(point).map(key -> new RepoKey(curve, key));
  }

  /**
   * Whether this key signed {@code message}: ECDSA over its sha-256, as 64 bytes, r before s, and s
   * in the lower half of its range. Anything else, DER and high s included, is no signature.
   */
  public boolean verifies(byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_LENGTH) {
      return false;
    }
    BigInteger r = new BigInteger(1, signature, 0, SIGNATURE_LENGTH / 2);
    BigInteger s = new BigInteger(1, signature, SIGNATURE_LENGTH / 2, SIGNATURE_LENGTH / 2);
    return curve.isLow(s) && isSigned(sha256(message), r, s);
  }

  /** The signer itself sees to it that r and s are at least 1 and less than the order. */
  private boolean isSigned(byte[] hash, BigInteger r, BigInteger s) {
    ECDSASigner signer = new ECDSASigner();
    signer.init(false, key);
    return signer.verifySignature(hash, r, s);
  }

  private static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The curve on which the key lies. */
  public KeyCurve curve() {
    return curve;
  }

  /** The key as a Multikey, {@code zQ3s…} or {@code zDna…}. */
  public String multikey() {
    return multibase;
  }

  /** The key as a {@code did:key}. */
  public String didKey() {
    return DID_KEY + multibase;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RepoKey that && multibase.equals(that.multibase);
  }

  @Override
  public int hashCode() {
    return multibase.hashCode();
  }

  /** The {@code did:key}. */
  @Override
  public String toString() {
    return didKey();
  }
}

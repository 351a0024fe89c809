package io.github.atprotobackfill.repo;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;

/** A private key and its public one, which sign as a PDS does. */
final class SigningPair {

  private final KeyCurve curve;
  private final ECDomainParameters domain;
  private final BigInteger secret;

  SigningPair(KeyCurve curve, BigInteger secret) {
    X9ECParameters named =
        CustomNamedCurves.getByName(curve == KeyCurve.K256 ? "secp256k1" : "secp256r1");
    this.curve = curve;
    this.domain = new ECDomainParameters(named);
    this.secret = secret;
  }

  BigInteger order() {
    return domain.getN();
  }

  ECPoint point() {
    return domain.getG().multiply(secret).normalize();
  }

  RepoKey key() {
    return RepoKey.parse(legacyType(), multibase(point().getEncoded(true))).orElseThrow();
  }

  String legacyType() {
    return curve == KeyCurve.K256
        ? "EcdsaSecp256k1VerificationKey2019"
        : "EcdsaSecp256r1VerificationKey2019";
  }

  static String multibase(byte[] bytes) {
    return "z" + Base58.encode(bytes);
  }

  /** The 64 bytes of a signature, s low. */
  byte[] sign(byte[] message) {
    BigInteger[] both = both(message);
    BigInteger low = both[1].min(order().subtract(both[1]));
    return signature(both[0], low);
  }

  /** The other signature that is right for the same message. */
  byte[] signWithHighS(byte[] message) {
    BigInteger[] both = both(message);
    BigInteger high = both[1].max(order().subtract(both[1]));
    return signature(both[0], high);
  }

  private BigInteger[] both(byte[] message) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, domain));
    return signer.generateSignature(sha256(message));
  }

  static byte[] signature(BigInteger r, BigInteger s) {
    byte[] signature = new byte[64];
    copy(r, signature, 0);
    copy(s, signature, 32);
    return signature;
  }

  private static void copy(BigInteger number, byte[] into, int at) {
    byte[] bytes = number.toByteArray();
    int count = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - count, into, at + 32 - count, count);
  }

  static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

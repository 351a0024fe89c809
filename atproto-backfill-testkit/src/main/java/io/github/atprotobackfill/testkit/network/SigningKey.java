package io.github.atprotobackfill.testkit.network;

import java.math.BigInteger;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** A key with which a repo is signed (protocol: cryptography). Immutable. */
final class SigningKey {

  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final int NUMBER_BYTES = 32;
  private static final ECDomainParameters SECP256K1 =
      new ECDomainParameters(CustomNamedCurves.getByName("secp256k1"));
  private static final ECDomainParameters SECP256R1 =
      new ECDomainParameters(CustomNamedCurves.getByName("secp256r1"));

  /** The curves of the protocol. */
  enum Curve {
    K256("EcdsaSecp256k1VerificationKey2019", 0xe7, 0x01),
    P256("EcdsaSecp256r1VerificationKey2019", 0x80, 0x24);

    /** How documents called a key of the curve before Multikey. */
    final String legacyType;

    private final int firstOfCode;
    private final int secondOfCode;

    Curve(String legacyType, int firstOfCode, int secondOfCode) {
      this.legacyType = legacyType;
      this.firstOfCode = firstOfCode;
      this.secondOfCode = secondOfCode;
    }

    private ECDomainParameters domain() {
      return this == K256 ? SECP256K1 : SECP256R1;
    }
  }

  final Curve curve;
  private final BigInteger secret;
  private final ECPoint point;

  /**
   * A key of {@code curve}.
   *
   * @param entropy from which it is made
   */
  SigningKey(Curve curve, BigInteger entropy) {
    this.curve = curve;
    this.secret = entropy.mod(curve.domain().getN().subtract(BigInteger.ONE)).add(BigInteger.ONE);
    this.point = new FixedPointCombMultiplier().multiply(curve.domain().getG(), secret).normalize();
  }

  /** Multibase of the multicodec prefix and the compressed point. */
  String multikey() {
    byte[] compressed = point.getEncoded(true);
    return multibase(
        new ByteWriter(2 + compressed.length)
            .put(curve.firstOfCode)
            .put(curve.secondOfCode)
            .put(compressed)
            .toByteArray());
  }

  /** Multibase of the point alone, as documents had it before Multikey. */
  String legacy(boolean compressed) {
    return multibase(point.getEncoded(compressed));
  }

  /**
   * Signs with a nonce that follows from the message (RFC 6979).
   *
   * @return 64 bytes: r, s
   */
  byte[] sign(byte[] message, SignatureForm form) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, curve.domain()));
    BigInteger[] signature = signer.generateSignature(CidMaker.sha256().digest(message));
    BigInteger s = signature[1];
    BigInteger other = curve.domain().getN().subtract(s);
    byte[] bytes = new byte[2 * NUMBER_BYTES];
    copy(signature[0], bytes, 0);
    copy(form == SignatureForm.LOW_S ? s.min(other) : s.max(other), bytes, NUMBER_BYTES);
    return bytes;
  }

  private static void copy(BigInteger number, byte[] into, int at) {
    byte[] bytes = number.toByteArray();
    int count = Math.min(NUMBER_BYTES, bytes.length);
    System.arraycopy(bytes, bytes.length - count, into, at + NUMBER_BYTES - count, count);
  }

  private static String multibase(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    BigInteger rest = new BigInteger(1, bytes);
    while (rest.signum() > 0) {
      BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(58));
      text.append(BASE58.charAt(parts[1].intValue()));
      rest = parts[0];
    }
    return text.append('z').reverse().toString();
  }
}

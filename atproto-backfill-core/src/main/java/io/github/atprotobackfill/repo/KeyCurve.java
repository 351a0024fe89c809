package io.github.atprotobackfill.repo;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;

/** The two elliptic curves on which accounts sign (AT Protocol, Cryptography). */
public enum KeyCurve {
  /** NIST P-256, also secp256r1. */
  P256("secp256r1", 0x80, 0x24),
  /** secp256k1, the curve of nearly every account; the JDK does not have it. */
  K256("secp256k1", 0xe7, 0x01);

  static final int COMPRESSED_LENGTH = 33;
  static final int UNCOMPRESSED_LENGTH = 65;
  static final int PREFIX_LENGTH = 2;

  private static final byte EVEN = 2;
  private static final byte ODD = 3;
  private static final byte UNCOMPRESSED = 4;

  private final byte firstOfMulticodec;
  private final byte secondOfMulticodec;

  // Nothing of it can be changed, though it does not say so.
  @SuppressWarnings("ImmutableEnumChecker")
  private final ECDomainParameters domain;

  private final BigInteger halfOrder;

  KeyCurve(String name, int firstOfMulticodec, int secondOfMulticodec) {
    this.firstOfMulticodec = (byte) firstOfMulticodec;
    this.secondOfMulticodec = (byte) secondOfMulticodec;
    // With arithmetic of its own for each curve; the generic one takes five times as long.
    X9ECParameters parameters = CustomNamedCurves.getByName(name);
    this.domain = new ECDomainParameters(parameters);
    this.halfOrder = domain.getN().shiftRight(1);
  }

  /** The curve that the first bytes of a Multikey name. */
  static Optional<KeyCurve> ofMultikey(byte[] key) {
    return Arrays.stream(values()).filter(curve -> curve.isNamedBy(key)).findAny();
  }

  private boolean isNamedBy(byte[] key) {
    return key.length >= PREFIX_LENGTH
        && key[0] == firstOfMulticodec
        && key[1] == secondOfMulticodec;
  }

  /** The point with its multicodec before it, as a Multikey spells it. */
  byte[] multikey(ECPublicKeyParameters key) {
    return ByteBuffer.allocate(PREFIX_LENGTH + COMPRESSED_LENGTH)
        .put(firstOfMulticodec)
        .put(secondOfMulticodec)
        .put(key.getQ().getEncoded(true))
        .array();
  }

  /** The key whose point is so encoded (SEC 1 §2.3.3), if there is such a point on this curve. */
  Optional<ECPublicKeyParameters> key(byte[] point) {
    if (!isWellFormed(point)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ECPublicKeyParameters(domain.getCurve().decodePoint(point), domain));
    } catch (IllegalArgumentException notOnTheCurve) {
      return Optional.empty();
    }
  }

  /** Leaves out what is not canonical: the hybrid form, and infinity. */
  private static boolean isWellFormed(byte[] point) {
    return switch (point.length) {
      case COMPRESSED_LENGTH -> point[0] == EVEN || point[0] == ODD;
      case UNCOMPRESSED_LENGTH -> point[0] == UNCOMPRESSED;
      default -> false;
    };
  }

  /** Of the two values of s that are right, the lower one alone is valid in AT Protocol. */
  boolean isLow(BigInteger s) {
    return s.compareTo(halfOrder) <= 0;
  }
}

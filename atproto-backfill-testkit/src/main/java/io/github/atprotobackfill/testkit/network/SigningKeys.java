package io.github.atprotobackfill.testkit.network;

import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The public keys in the DID documents: true points of secp256k1 (SEC 2), a few of which serve all
 * accounts. The JDK has no such curve, and these are made once, so plain affine arithmetic does.
 */
final class SigningKeys {

  private static final int KEYS = 8;
  private static final BigInteger P =
      BigInteger.ONE.shiftLeft(256).subtract(BigInteger.valueOf(0x1000003d1L));
  private static final Point G =
      new Point(
          new BigInteger("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", 16),
          new BigInteger("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8", 16));
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  private final long seed;
  private final AtomicReferenceArray<Key> keys = new AtomicReferenceArray<>(KEYS);

  private record Point(BigInteger x, BigInteger y) {}

  private record Key(String multikey, String legacy) {}

  SigningKeys(long seed) {
    this.seed = seed;
  }

  /** Multibase of the multicodec prefix and the compressed point. */
  String multikey(int account) {
    return key(account).multikey();
  }

  /** Multibase of the uncompressed point alone. */
  String legacy(int account) {
    return key(account).legacy();
  }

  private Key key(int account) {
    int number = account % KEYS;
    Key known = keys.get(number);
    if (known == null) {
      Point point = multiply(secret(number));
      known = new Key(multibase(compressed(point)), multibase(uncompressed(point)));
      keys.set(number, known);
    }
    return known;
  }

  private static byte[] compressed(Point point) {
    byte[] bytes = new byte[35];
    bytes[0] = (byte) 0xe7;
    bytes[1] = 1;
    bytes[2] = (byte) (point.y().testBit(0) ? 3 : 2);
    copy(point.x(), bytes, 3);
    return bytes;
  }

  private static byte[] uncompressed(Point point) {
    byte[] bytes = new byte[65];
    bytes[0] = 4;
    copy(point.x(), bytes, 1);
    copy(point.y(), bytes, 33);
    return bytes;
  }

  private BigInteger secret(int key) {
    BigInteger secret = BigInteger.ONE;
    for (int word = 0; word < 3; word++) {
      secret = secret.shiftLeft(64).add(BigInteger.valueOf(Mix.of(seed, key, word) >>> 1));
    }
    return secret;
  }

  private static Point multiply(BigInteger secret) {
    Point sum = G;
    for (int bit = secret.bitLength() - 2; bit >= 0; bit--) {
      sum = add(sum, sum);
      if (secret.testBit(bit)) {
        sum = add(sum, G);
      }
    }
    return sum;
  }

  private static Point add(Point a, Point b) {
    BigInteger rise =
        a.equals(b) ? a.x().pow(2).multiply(BigInteger.valueOf(3)) : b.y().subtract(a.y());
    BigInteger run = a.equals(b) ? a.y().shiftLeft(1) : b.x().subtract(a.x());
    BigInteger slope = rise.multiply(run.modInverse(P)).mod(P);
    BigInteger x = slope.pow(2).subtract(a.x()).subtract(b.x()).mod(P);
    BigInteger y = slope.multiply(a.x().subtract(x)).subtract(a.y()).mod(P);
    return new Point(x, y);
  }

  private static void copy(BigInteger number, byte[] into, int at) {
    byte[] bytes = number.toByteArray();
    int count = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - count, into, at + 32 - count, count);
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

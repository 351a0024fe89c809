package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SigningKeysTest {

  private static final BigInteger P =
      new BigInteger("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", 16);
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  private final SigningKeys keys = new SigningKeys(1);

  @Test
  void everyKeyIsAPointOfItsCurveInEverySpelling() {
    for (int account = 0; account < 10; account++) {
      SigningKey key = keys.of(account);
      boolean k256 = key.curve == SigningKey.Curve.K256;
      assertThat(k256).isEqualTo(account % 5 != 4);
      String whole = number(key.legacy(false)).toString(16);
      assertThat(whole).hasSize(129).startsWith("4");
      BigInteger x = new BigInteger(whole.substring(1, 65), 16);
      BigInteger y = new BigInteger(whole.substring(65), 16);
      if (k256) {
        assertThat(y.pow(2).mod(P)).isEqualTo(x.pow(3).add(BigInteger.valueOf(7)).mod(P));
      }
      String compressed = (y.testBit(0) ? "03" : "02") + whole.substring(1, 65);
      assertThat(number(key.multikey()).toString(16))
          .isEqualTo((k256 ? "e701" : "8024") + compressed);
      assertThat("0" + number(key.legacy(true)).toString(16)).isEqualTo(compressed);
      assertThat(key.multikey()).startsWith(k256 ? "zQ3s" : "zDna");
    }
  }

  @Test
  void accountsHaveKeysOfTheirOwnAndEachTwo() {
    Set<String> all = new HashSet<>();
    for (int account = 0; account < 100; account++) {
      all.add(keys.of(account).multikey());
      all.add(keys.former(account).multikey());
    }
    assertThat(all).hasSize(200);
    assertThat(new SigningKeys(1).of(3).multikey()).isEqualTo(keys.of(3).multikey());
    assertThat(new SigningKeys(2).of(3).multikey()).isNotEqualTo(keys.of(3).multikey());
  }

  /** The vector "sample" for P-256 and SHA-256 of RFC 6979, A.2.5, which gives the high s. */
  @Test
  void aSignatureFollowsFromKeyAndMessage() {
    BigInteger secret =
        new BigInteger("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721", 16);
    SigningKey key = new SigningKey(SigningKey.Curve.P256, secret.subtract(BigInteger.ONE));
    byte[] message = "sample".getBytes(StandardCharsets.US_ASCII);
    byte[] high = key.sign(message, SignatureForm.HIGH_S);
    byte[] low = key.sign(message, SignatureForm.LOW_S);
    String r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
    String s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    assertThat(new BigInteger(1, high).toString(16)).isEqualTo(r + s);
    BigInteger n =
        new BigInteger("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16);
    assertThat(new BigInteger(1, Arrays.copyOfRange(low, 32, 64)))
        .isEqualTo(n.subtract(new BigInteger(s, 16)));
    assertThat(Arrays.copyOf(low, 32)).isEqualTo(Arrays.copyOf(high, 32));
  }

  static BigInteger number(String multibase) {
    assertThat(multibase).startsWith("z");
    BigInteger number = BigInteger.ZERO;
    for (char digit : multibase.substring(1).toCharArray()) {
      number =
          number.multiply(BigInteger.valueOf(58)).add(BigInteger.valueOf(BASE58.indexOf(digit)));
    }
    return number;
  }
}

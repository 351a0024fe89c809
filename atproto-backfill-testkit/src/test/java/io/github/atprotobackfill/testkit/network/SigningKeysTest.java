package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class SigningKeysTest {

  private static final BigInteger P =
      new BigInteger("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", 16);
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  private final SigningKeys keys = new SigningKeys(1);

  @Test
  void everyKeyIsAPointOfTheCurveInBothSpellings() {
    for (int account = 0; account < 10; account++) {
      String legacy = number(keys.legacy(account)).toString(16);
      assertThat(legacy).hasSize(129).startsWith("4");
      BigInteger x = new BigInteger(legacy.substring(1, 65), 16);
      BigInteger y = new BigInteger(legacy.substring(65), 16);
      assertThat(y.pow(2).mod(P)).isEqualTo(x.pow(3).add(BigInteger.valueOf(7)).mod(P));

      String multikey = number(keys.multikey(account)).toString(16);
      String parity = y.testBit(0) ? "03" : "02";
      assertThat(multikey).isEqualTo("e701" + parity + legacy.substring(1, 65));
    }
  }

  private static BigInteger number(String multibase) {
    assertThat(multibase).startsWith("z");
    BigInteger number = BigInteger.ZERO;
    for (char digit : multibase.substring(1).toCharArray()) {
      number =
          number.multiply(BigInteger.valueOf(58)).add(BigInteger.valueOf(BASE58.indexOf(digit)));
    }
    return number;
  }
}

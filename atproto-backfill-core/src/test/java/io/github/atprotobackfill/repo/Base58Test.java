package io.github.atprotobackfill.repo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base58Test {

  @ParameterizedTest
  @CsvSource({
    "Hello World!, 2NEpo7TZRRrLZSi2U",
    "The quick brown fox jumps over the lazy dog., "
        + "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
    "a, 2g",
    "bbb, a3gV"
  })
  void knownTextsAreWrittenAndRead(String plain, String encoded) {
    byte[] bytes = plain.getBytes(StandardCharsets.US_ASCII);

    assertThat(Base58.encode(bytes)).isEqualTo(encoded);
    assertThat(Base58.decode(encoded, 0, bytes.length)).contains(bytes);
    assertThat(Base58.decode(encoded, 0, bytes.length - 1)).isEmpty();
  }

  @Test
  void zerosInFrontAreOnesInFront() {
    assertThat(Base58.encode(new byte[] {0, 0, 0x28, 0x7f, (byte) 0xb4, (byte) 0xcd}))
        .isEqualTo("11233QC4");
    assertThat(Base58.decode("11233QC4", 0, 6))
        .contains(new byte[] {0, 0, 0x28, 0x7f, (byte) 0xb4, (byte) 0xcd});
    assertThat(Base58.decode("11233QC4", 0, 5)).isEmpty();
    assertThat(Base58.decode("111", 0, 3)).contains(new byte[3]);
    assertThat(Base58.decode("1111", 0, 3)).isEmpty();
    assertThat(Base58.decode("", 0, 3)).contains(new byte[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "O", "I", "l", "z+", " 2g", "2g ", "2g\n", "ä", "2\u0000", "２"})
  void whatIsNotOfTheAlphabetIsRefused(String text) {
    assertThat(Base58.decode(text, 0, 8)).isEmpty();
  }

  @Test
  void aHugeTextIsRefusedUnread() {
    assertThat(Base58.decode("z".repeat(50_000_000), 0, 65)).isEmpty();
    assertThat(Base58.decode("1".repeat(50_000_000), 0, 65)).isEmpty();
  }

  @Property
  void whatIsWrittenIsReadAgain(@ForAll @Size(max = 80) byte[] bytes) {
    assertThat(Base58.decode("z" + Base58.encode(bytes), 1, bytes.length)).contains(bytes);
  }

  @Property
  void noTwoTextsStandForTheSameBytes(
      @ForAll @AlphaChars @NumericChars @StringLength(max = 100) String text) {
    assertThat(Base58.decode(text, 0, 80))
        .satisfiesAnyOf(
            refused -> assertThat(refused).isEmpty(),
            read -> assertThat(read.map(Base58::encode)).contains(text));
  }
}

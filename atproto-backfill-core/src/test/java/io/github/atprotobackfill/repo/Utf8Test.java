package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Utf8Test {

  private final CharsetDecoder decoder = UTF_8.newDecoder();
  private final CharBuffer decoded = CharBuffer.allocate(64);

  @Test
  void takesEveryCharacterThereIs() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      byte[] bytes = Character.toString(point).getBytes(UTF_8);
      boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
      // The platform writes a question mark for a surrogate.
      if (!surrogate && !Utf8.isValid(bytes, 0, bytes.length)) {
        assertThat(bytes).as("U+%X", point).isNull();
      }
    }
  }

  @Test
  void agreesWithThePlatformOnShortSequences() {
    int[] edges = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    // What begins with ASCII is as good as what follows it.
    for (int two = 0x80 << 8; two < 1 << 16; two++) {
      for (int third : edges) {
        for (int fourth : edges) {
          byte[] four = {(byte) (two >> 8), (byte) two, (byte) third, (byte) fourth};
          requireAgreement(four);
        }
      }
    }
  }

  @Test
  void agreesWithThePlatformOnLongOnes() {
    SplittableRandom random = new SplittableRandom(7);
    byte[] pool = "plain text, é ß 日本語 \uFFFD 🎉 \uD7FF \uE000".getBytes(UTF_8);
    for (int n = 0; n < 200_000; n++) {
      byte[] bytes = new byte[random.nextInt(40)];
      int start = random.nextInt(pool.length);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = pool[(start + i) % pool.length];
      }
      if (bytes.length > 0 && random.nextBoolean()) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      requireAgreement(bytes);
    }
  }

  private void requireAgreement(byte[] bytes) {
    if (Utf8.isValid(bytes, 0, bytes.length) != platformTakes(bytes)) {
      assertThat(Utf8.isValid(bytes, 0, bytes.length))
          .as("whether UTF-8: %s", HexFormat.of().formatHex(bytes))
          .isEqualTo(platformTakes(bytes));
    }
  }

  private boolean platformTakes(byte[] bytes) {
    decoded.clear();
    ByteBuffer left = ByteBuffer.wrap(bytes);
    return decoder.reset().decode(left, decoded, true).isUnderflow();
  }
}

package io.github.atprotobackfill.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnicodeCheckTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"text\":\"plain\"}",
        "{\"text\":\"caf\u00e9 \u20ac \ud83d\ude00 \uffff\"}",
        "\"\\ud83d\\ude00\"",
        "\"\\uD83D\\uDE00\\uD83D\\uDE00\"",
        "\"\\\\ud800 is text here\"",
        "\"\\ud7ff\\ue000\\u0000\\n\\/\"",
        "\"0123456\\\\\""
      })
  void takesUnicode(String json) {
    assertThat(passes(json.getBytes(UTF_8))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud800\"",
        "\"\\uDFFF\"",
        "\"\\ud83dx\\ude00\"",
        "\"\\ud83d\\ud83d\"",
        "\"\\ude00\\ud83d\"",
        "\"\\\\\\ud800\"",
        "\"01234567\\ud83d"
      })
  void refusesHalfAPairOfSurrogates(String json) {
    assertThat(passes(json.getBytes(UTF_8))).isFalse();
  }

  @Property
  void agreesWithTheStrictDecoder(@ForAll @Size(max = 24) byte[] bytes) {
    withoutBackslashes(bytes);
    assertThat(passes(bytes)).isEqualTo(decodes(bytes));
  }

  @Property
  void agreesWithTheStrictDecoderOnOneSequence(
      @ForAll byte first, @ForAll byte second, @ForAll byte third, @ForAll byte fourth) {
    byte[] bytes = {'"', 'a', (byte) (first | 0xc0), second, third, fourth, '"'};
    withoutBackslashes(bytes);
    assertThat(passes(bytes)).isEqualTo(decodes(bytes));
  }

  private static void withoutBackslashes(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == '\\' ? (byte) '/' : bytes[i];
    }
  }

  private static boolean passes(byte[] bytes) {
    return UnicodeCheck.passes(bytes, 0, bytes.length);
  }

  private static boolean decodes(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}

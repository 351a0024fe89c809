package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonbTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      value = {
        "\"\\u0000\"                 > \"\\ufffd\"",
        "\"a\\u0000\\u0000b\"        > \"a\\ufffd\\ufffdb\"",
        "\"\\\\\\u0000\"             > \"\\\\\\ufffd\"",
        "\"\\n\\u0000\\t\"           > \"\\n\\ufffd\\t\"",
        "\"\\ud83d\"                 > \"\\ufffd\"",
        "\"\\uD83D x\"               > \"\\ufffd x\"",
        "\"\\ude00\"                 > \"\\ufffd\"",
        "\"\\ude00\\ud83d\"          > \"\\ufffd\\ufffd\"",
        "\"\\ud83d\\ud83d\\ude00\"   > \"\\ufffd\\ud83d\\ude00\"",
        "\"\\ud83d\\ude00\\ude00\"   > \"\\ud83d\\ude00\\ufffd\"",
        "\"\\ud83d\\u0000\"          > \"\\ufffd\\ufffd\"",
        "\"\\ud83d\\\\ude00\"        > \"\\ufffd\\\\ude00\"",
      })
  void whatStandsForNoCharacterIsReplaced(String json, String expected) {
    assertThat(JsonbText.of(json)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "\"plain\"",
        "\"\\\\u0000\"",
        "\"\\\\\\\\u0000\"",
        "\"\\u0001\\u00e9\\u1000\"",
        "\"\\ud83d\\ude00\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\\"\\/\\b\"",
        "\"\\u00zz\"",
        "\"\\u00",
        "\"\\",
      })
  void allElseIsTheVerySameObject(String json) {
    assertThat(JsonbText.of(json)).isSameAs(json);
  }

  @Test
  void aLongTextIsChangedOnlyWhereItMust() {
    String around = "x".repeat(10_000);

    assertThat(JsonbText.of(around + "\\u0000" + around)).isEqualTo(around + "\\ufffd" + around);
  }
}

package io.github.atprotobackfill.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailureTest {

  @Test
  void aMessageIsOneLineWithoutControlCharacters() {
    String hostile = " a\r\n\tb\u0000c\u001b[31md\u0085e\u2028f\u2029g\u202eh ";

    assertThat(new Failure(ErrorKind.DNS, hostile).message()).isEqualTo("a b c [31md e f g h");
  }

  @Test
  void aMessageIsCutBetweenCharacters() {
    String before = "x".repeat(Failure.MAX_MESSAGE - 2);

    assertThat(new Failure(ErrorKind.DNS, before + "😀 and more").message())
        .isEqualTo(before + "…");
    assertThat(new Failure(ErrorKind.DNS, before + "😀").message()).isEqualTo(before + "😀");
  }

  @Test
  void halvesOfCharactersAreReplaced() {
    assertThat(new Failure(ErrorKind.DNS, "a\ud83db\ude00c").message())
        .isEqualTo("a\ufffdb\ufffdc");
  }

  @Test
  void whatIsNotOursIsInternal() {
    assertThat(Failure.of(new IllegalStateException("oops")))
        .isEqualTo(new Failure(ErrorKind.INTERNAL, "java.lang.IllegalStateException: oops"));
  }

  @ParameterizedTest
  @EnumSource
  void aKindIsFoundByItsCode(ErrorKind kind) {
    assertThat(ErrorKind.ofCode(kind.code())).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({"rate_limited, RATE_LIMITED", "did_document_invalid, DID_DOCUMENT_INVALID"})
  void codesAreTheStoredForm(String code, ErrorKind kind) {
    assertThat(kind.code()).isEqualTo(code);
  }

  @Test
  void aCodeOfALaterVersionIsInternal() {
    assertThat(ErrorKind.ofCode("made_up_later")).isEqualTo(ErrorKind.INTERNAL);
  }
}

package io.github.atprotobackfill.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportPositionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "x",
        "null",
        "1",
        "[]",
        "{}",
        "\"export\"",
        "{\"export\":1}",
        "{\"export\":1",
        "{\"export\":2,\"rev\":\"3jzfcijpj2z2a\",\"collection\":\"a.b.c\",\"key\":\"k\"}",
        "{\"export\":1,\"rev\":\"no\",\"collection\":\"a.b.c\",\"key\":\"k\"}",
        "{\"export\":1,\"rev\":\"3jzfcijpj2z2a\",\"collection\":\"no\",\"key\":\"k\"}",
        "{\"export\":1,\"rev\":\"3jzfcijpj2z2a\",\"collection\":\"a.b.c\",\"key\":\"no/no\"}",
        "{\"export\":1,\"rev\":null,\"collection\":[],\"key\":{}}",
        "{\"v\":1,\"pds\":\"https://pds.example.com\",\"rev\":\"3jzfcijpj2z2a\",\"at\":\"BEHIND\"}"
      })
  void whatIsNoneIsNone(String text) {
    assertThat(ExportPosition.parse(text)).isEmpty();
  }
}

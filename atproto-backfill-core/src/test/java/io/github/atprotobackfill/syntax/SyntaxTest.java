package io.github.atprotobackfill.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxTest {

  private static final List<Function<String, ?>> PARSERS =
      List.of(
          Did::parse,
          Handle::parse,
          Nsid::parse,
          RecordKey::parse,
          Tid::parse,
          Cid::parse,
          AtUri::parse,
          AtIdentifier::parse);

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.", "did:a:", "did:web:a%", "at://did:a:b/a.b.c/", "a-"})
  void longHostileTextNeitherOverflowsTheStackNorTakesForever(String pattern) {
    String hostile = pattern.repeat(2_000_000 / pattern.length());

    for (Function<String, ?> parser : PARSERS) {
      assertThatThrownBy(() -> parser.apply(hostile))
          .isInstanceOfSatisfying(
              InvalidSyntaxException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
                assertThat(e.getMessage()).hasSizeLessThan(200);
              });
    }
  }

  @Test
  void theLongestDidIsReadOnASmallStack() throws InterruptedException {
    String longest = "did:web:" + "a:".repeat((Did.MAX_LENGTH - 8) / 2 - 1) + "aa";
    Did[] parsed = new Did[1];

    Thread small = new Thread(null, () -> parsed[0] = Did.parse(longest), "small stack", 16 << 10);
    small.start();
    small.join();

    assertThat(parsed[0]).hasToString(longest);
    assertThat(longest).hasSize(Did.MAX_LENGTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "", "a/b", "a\n", "é"})
  void someRecordKeysAreRefused(String text) {
    assertThat(RecordKey.tryParse(text)).isEmpty();
  }

  @Test
  void spellingsOfAHandleAreEqual() {
    assertThat(Handle.parse("Alice.Example.COM"))
        .isEqualTo(Handle.parse("alice.example.com"))
        .hasSameHashCodeAs(Handle.parse("alice.example.com"))
        .hasToString("alice.example.com");
  }

  @Test
  void spellingsOfAnNsidAreDifferentCollections() {
    assertThat(Nsid.parse("com.example.Note")).isNotEqualTo(Nsid.parse("com.example.note"));
    assertThat(Nsid.parse("Com.example.note")).hasToString("Com.example.note");
  }

  @ParameterizedTest
  @CsvSource({
    "2222222222222, 0",
    "3jzfcijpj2z2a, 1688137381887007",
    "3migo7fijwi2k, 1775045738708878",
    "7777777777777, 5811096293381285",
  })
  void aTidTellsItsTime(String text, long micros) {
    assertThat(Tid.parse(text).micros()).isEqualTo(micros);
  }

  @Test
  void tidsAreOrderedByTime() {
    Tid earlier = Tid.parse("3jzfcijpj2z2a");
    Tid later = Tid.parse("3migo7fijwi2k");

    assertThat(later.isAfter(earlier)).isTrue();
    assertThat(earlier.isAfter(later)).isFalse();
    assertThat(later.isAfter(later)).isFalse();
  }

  @Test
  void aDidTellsMethodAndIdentifier() {
    Did web = Did.parse("did:web:localhost%3A2591");

    assertThat(web.method()).isEqualTo("web");
    assertThat(web.identifier()).isEqualTo("localhost%3A2591");
  }

  @Test
  void anAtIdentifierIsEither() {
    assertThat(AtIdentifier.parse("did:plc:abc")).isEqualTo(Did.parse("did:plc:abc"));
    assertThat(AtIdentifier.parse("alice.test")).isEqualTo(Handle.parse("alice.test"));
  }
}

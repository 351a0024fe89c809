package io.github.atprotobackfill.xrpc;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageReaderTest {

  private static final ServiceUrl HOST = new ServiceUrl("https", "pds.example.com", -1);
  private static final Nsid METHOD = Nsid.parse("com.example.listThings");

  private final List<String> seen = new ArrayList<>();

  @Test
  void readsEntriesAndCursorInEitherOrder() {
    assertThat(read("{\"things\":[\"a\",\"b\"],\"cursor\":\"next\"}")).isEqualTo("next");
    assertThat(read("{\"more\":{\"things\":1},\"cursor\":\"next\",\"things\":[\"c\"]}"))
        .isEqualTo("next");
    assertThat(seen).containsExactly("a", "b", "c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"things\":[]}",
        "{\"things\":[],\"cursor\":null}",
        " {\"things\":[],\"cursor\":\"\"} \n"
      })
  void endsAtMissingNullOrEmptyCursorOnly(String body) {
    assertThat(read(body)).isNull();
  }

  @Test
  void takesAnEmptyPageWithCursorForTheMiddle() {
    assertThat(read("{\"things\":[],\"cursor\":\"on\"}")).isEqualTo("on");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "null",
        "[]",
        "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
        "{\"error\":\"InternalServerError\"}",
        "{\"things\":null}",
        "{\"things\":{}}",
        "{\"things\":[],\"things\":[]}",
        "{\"things\":[\"a\"",
        "{\"things\":[\"a\"]",
        "{\"things\":[\"a\"],",
        "{\"things\":[\"a\"]}{\"things\":[]}",
        "{\"things\":[\"a\"]} trailing",
        "{\"things\":[\"a\"],\"cursor\":12}",
        "{\"things\":[\"a\"],\"cursor\":{\"at\":\"x\"}}",
        "{\"things\":[\"a\"],\"cursor\":\"x\\u0000y\"}",
        "{\"things\":[\"a\"],\"cursor\":\"x\\ud800y\"}",
        "{\"things\":[\"\u0001\"]}",
        "{'things':[]}",
        "{\"things\":[1,]}"
      })
  void refusesWhatIsNotAPage(String body) {
    assertRefused(() -> read(body));
  }

  @Test
  void refusesHtmlSayingWhatCame() {
    assertRefused(() -> read("<html>Service Unavailable</html>"))
        .hasMessageContaining("<html>Service Unavailable");
  }

  @Test
  void refusesOtherEncodings() {
    assertRefused(() -> read("{\"things\":[]}".getBytes(UTF_16LE), null));
    assertRefused(() -> read(new byte[] {'{', '"', (byte) 0xc3, '"', ':', '1', '}'}, null));
  }

  @Test
  void refusesAPageThatLeadsBackToItself() {
    byte[] page = "{\"things\":[],\"cursor\":\"same\"}".getBytes(UTF_8);
    assertThat(read(page, "other")).isEqualTo("same");
    assertRefused(() -> read(page, "same")).hasMessageContaining("leads back to itself");
  }

  @Test
  void boundsCursorDepthAndEntries() {
    String cursor = "c".repeat(PageReader.MAX_CURSOR);
    assertThat(read("{\"things\":[],\"cursor\":\"" + cursor + "\"}")).isEqualTo(cursor);
    assertRefused(() -> read("{\"things\":[],\"cursor\":\"" + cursor + "c\"}"));
    assertRefused(() -> read("{\"x\":" + "[".repeat(PageReader.MAX_DEPTH + 1)));
    assertThat(read("{\"things\":[1,2,3]}")).isNull();
    assertRefused(() -> read("{\"things\":[1,2,3,4]}")).hasMessageContaining("more than 3");
  }

  private @Nullable String read(String body) {
    return read(body.getBytes(UTF_8), null);
  }

  private @Nullable String read(byte[] body, @Nullable String sent) {
    PageReader reader = new PageReader(HOST, METHOD, "things", 3);
    return reader.read(body, sent, (JsonParser parser) -> seen.add(parser.getText()));
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOf(XrpcException.class)
        .hasMessageStartingWith("pds.example.com com.example.listThings: ")
        .satisfies(
            e -> assertThat(((XrpcException) e).kind()).isEqualTo(ErrorKind.INVALID_RESPONSE));
  }
}

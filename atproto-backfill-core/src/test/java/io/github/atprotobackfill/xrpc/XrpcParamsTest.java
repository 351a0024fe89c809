package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class XrpcParamsTest {

  @Test
  void names_keep_their_order_and_repeat_for_arrays() {
    XrpcParams params =
        XrpcParams.none().with("limit", 100).with("cids", "a").with("cids", "b").with("r", true);

    assertThat(params.query()).isEqualTo("limit=100&cids=a&cids=b&r=true");
  }

  @Test
  void a_cursor_arrives_as_it_came() {
    assertThat(XrpcParams.none().with("cursor", "1795226602500::did:plc:a+b/c=&d e%").query())
        .isEqualTo("cursor=1795226602500%3A%3Adid%3Aplc%3Aa%2Bb%2Fc%3D%26d%20e%25");
  }

  @Test
  void characters_beyond_ascii_are_utf8() {
    assertThat(XrpcParams.none().with("q", "é\uD83D\uDE00\u0000").query())
        .isEqualTo("q=%C3%A9%F0%9F%98%80%00");
  }

  @Test
  void adding_leaves_the_original_alone() {
    XrpcParams first = XrpcParams.none().with("a", "1");
    XrpcParams second = first.with("b", "2");

    assertThat(first).isEqualTo(XrpcParams.none().with("a", "1")).isNotEqualTo(second);
    assertThat(XrpcParams.none().query()).isEmpty();
  }

  @Property
  void every_value_survives_the_way_through_a_uri(
      @ForAll("unicode") String name, @ForAll("unicode") String value) {
    String query = XrpcParams.none().with(name, value).query();

    String raw = URI.create("http://example.com/?" + query).getRawQuery();
    int equals = raw.indexOf('=');
    assertThat(raw).matches("[A-Za-z0-9._~%=-]*");
    assertThat(decoded(raw.substring(0, equals))).isEqualTo(name);
    assertThat(decoded(raw.substring(equals + 1))).isEqualTo(value);
  }

  private static String decoded(String encoded) {
    return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
  }

  /** Any text that UTF-8 can express. */
  @Provide
  Arbitrary<String> unicode() {
    return Arbitraries.integers()
        .between(0, Character.MAX_CODE_POINT)
        .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
        .list()
        .ofMaxSize(40)
        .map(XrpcParamsTest::text);
  }

  private static String text(Iterable<Integer> codePoints) {
    StringBuilder text = new StringBuilder();
    codePoints.forEach(text::appendCodePoint);
    return text.toString();
  }
}

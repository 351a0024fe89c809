package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import java.net.URI;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceUrlTest {

  @ParameterizedTest
  @CsvSource({
    "https://pds.example.com, https, pds.example.com, -1",
    "https://pds.example.com/, https, pds.example.com, -1",
    "https://PDS.Example.COM, https, pds.example.com, -1",
    "HTTPS://pds.example.com, https, pds.example.com, -1",
    "https://pds.example.com:443, https, pds.example.com, -1",
    "http://pds.example.com:80, http, pds.example.com, -1",
    "http://pds.example.com:443, http, pds.example.com, 443",
    "https://pds.example.com:8443/, https, pds.example.com, 8443",
    "http://localhost:2583, http, localhost, 2583",
    "http://127.0.0.1:2583, http, 127.0.0.1, 2583",
    "https://xn--bcher-kva.example, https, xn--bcher-kva.example, -1",
    "https://a-1.b--2.example, https, a-1.b--2.example, -1",
    "https://1.2.3.example, https, 1.2.3.example, -1",
    "https://example.com., https, example.com., -1",
    "https://[2001:DB8::1], https, [2001:db8::1], -1",
    "https://[::ffff:10.0.0.1]:99, https, [::ffff:10.0.0.1], 99",
  })
  void well_formed(String text, String scheme, String host, int port) {
    ServiceUrl url = ServiceUrl.parse(text);

    assertThat(url).isEqualTo(new ServiceUrl(scheme, host, port));
    assertThat(ServiceUrl.parse(url.toString())).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "pds.example.com",
        "//pds.example.com",
        "ftp://pds.example.com",
        "javascript://pds.example.com",
        "https:/pds.example.com",
        "https://",
        "https:///",
        "https://:443",
        "https://pds.example.com//",
        "https://pds.example.com/xrpc",
        "https://pds.example.com?q",
        "https://pds.example.com/?q",
        "https://pds.example.com#f",
        "https://user@pds.example.com",
        "https://user:secret@pds.example.com",
        "https://pds.example.com:",
        "https://pds.example.com:0",
        "https://pds.example.com:65536",
        "https://pds.example.com:99999999999",
        "https://pds.example.com:-1",
        "https://pds.example.com:80:80",
        "https://pds.example.com:８０",
        "https://pds example.com",
        " https://pds.example.com",
        "https://pds.example.com\n",
        "https://pds.example.com\\@evil.example",
        "https://pds_1.example.com",
        "https://-pds.example.com",
        "https://pds-.example.com",
        "https://pds..example.com",
        "https://.example.com",
        "https://bücher.example",
        "https://pds%2eexample.com",
        "https://2130706433",
        "https://0x7f000001",
        "https://0x7f.0.0.1",
        "https://017700000001",
        "https://0177.0.0.1",
        "https://127.1",
        "https://127.0.0.1.",
        "https://256.0.0.1",
        "https://1.2.3.4.5",
        "https://[::1",
        "https://::1",
        "https://[::g]",
        "https://[1.2.3.4]",
        "https://[fe80::1%25eth0]",
        "https://[]",
      })
  void malformed(String text) {
    assertThatThrownBy(() -> ServiceUrl.parse(text)).isInstanceOf(InvalidSyntaxException.class);
  }

  @Test
  void a_name_longer_than_the_dns_has_is_malformed() {
    String label = "a".repeat(63) + ".";
    assertThatThrownBy(() -> ServiceUrl.parse("https://" + label.repeat(4) + "example"))
        .isInstanceOf(InvalidSyntaxException.class);
    assertThatThrownBy(() -> ServiceUrl.parse("https://" + "a".repeat(1_000_000)))
        .isInstanceOf(InvalidSyntaxException.class);
  }

  @Test
  void parts_are_checked_like_texts() {
    assertThatThrownBy(() -> new ServiceUrl("gopher", "example.com", -1))
        .isInstanceOf(InvalidSyntaxException.class);
    assertThatThrownBy(() -> new ServiceUrl("https", "example.com/path", -1))
        .isInstanceOf(InvalidSyntaxException.class);
    assertThatThrownBy(() -> new ServiceUrl("https", "example.com", 70_000))
        .isInstanceOf(InvalidSyntaxException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "pds.example.com, https://pds.example.com",
    "pds.example.com:8443, https://pds.example.com:8443",
    "localhost:2583, http://localhost:2583",
  })
  void hostname_of_a_host_list(String hostname, String url) {
    assertThat(ServiceUrl.ofHostname(hostname)).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "pds.example.com/", "https://pds.example.com", "a b", "@x"})
  void hostname_that_is_none(String hostname) {
    assertThatThrownBy(() -> ServiceUrl.ofHostname(hostname))
        .isInstanceOf(InvalidSyntaxException.class);
  }

  @Test
  void authority_names_the_port_only_when_it_is_odd() {
    assertThat(ServiceUrl.parse("https://example.com:443").authority()).isEqualTo("example.com");
    assertThat(ServiceUrl.parse("https://example.com:81").authority()).isEqualTo("example.com:81");
  }

  @Property
  void parse_refuses_any_text_in_one_way_only(@ForAll("nearUrls") String text) {
    try {
      ServiceUrl url = ServiceUrl.parse(text);
      assertThat(ServiceUrl.parse(url.toString())).isEqualTo(url);
      // The client takes the host from a java.net.URI, which must read it alike.
      URI uri = url.resolve("/xrpc/a.b.c");
      assertThat(uri.getHost()).isEqualTo(url.host());
      assertThat(uri.getPort()).isEqualTo(url.port());
      assertThat(uri.getUserInfo()).isNull();
    } catch (InvalidSyntaxException refused) {
      assertThat(refused).hasMessageContaining("not a valid");
    }
  }

  @Provide
  Arbitrary<String> nearUrls() {
    Arbitrary<String> tails =
        Arbitraries.strings().withChars("aZ09.-_:/[]@?#%\\ é\u0000").ofMaxLength(30);
    return Arbitraries.oneOf(
        Arbitraries.strings(),
        tails,
        tails.map(tail -> "https://" + tail),
        tails.map(tail -> "http://example.com" + tail),
        tails.map(tail -> "https://[" + tail + "]"));
  }
}

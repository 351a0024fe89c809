package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ScriptedHttpClient.Answer;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client as it is by default, to which only public https hosts are open. */
class GuardedClientTest {

  private static final Nsid METHOD = Nsid.parse("com.example.test.query");
  private static final ServiceUrl RELAY = ServiceUrl.parse("https://relay.example.com");

  private static final Map<String, String> DNS =
      Map.of(
          "relay.example.com", "1.1.1.1",
          "pds.example.com", "1.1.1.2",
          "intranet.example.com", "10.0.0.1");

  private static XrpcClient client(ScriptedHttpClient network, HostResolver resolver) {
    return XrpcClient.builder().httpClient(network).resolver(resolver).build();
  }

  private static InetAddress[] resolve(String host) throws UnknownHostException {
    return new InetAddress[] {InetAddress.getByName(DNS.getOrDefault(host, "127.0.0.1"))};
  }

  private static Function<URI, Answer> redirectingTo(String location) {
    return uri ->
        uri.getHost().equals("relay.example.com")
            ? new Answer(302, location, "")
            : new Answer(200, "", "from " + uri.getHost());
  }

  @Test
  void a_redirect_to_a_public_host_is_followed() throws Exception {
    var network = new ScriptedHttpClient(redirectingTo("https://pds.example.com/xrpc/x?did=y"));
    try (XrpcClient client = client(network, GuardedClientTest::resolve)) {
      XrpcResponse response = client.query(RELAY, METHOD, XrpcParams.none());

      assertThat(new String(response.body(), StandardCharsets.UTF_8))
          .isEqualTo("from pds.example.com");
      assertThat(response.servedBy()).hasToString("https://pds.example.com");
      assertThat(network.asked().get(1)).hasToString("https://pds.example.com/xrpc/x?did=y");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://intranet.example.com/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/",
    "https://pds.example.com:8443/",
    "http://pds.example.com/",
    "//intranet.example.com/",
  })
  void a_redirect_to_a_place_that_strangers_may_not_name_is_not_followed(String location) {
    var network = new ScriptedHttpClient(redirectingTo(location));
    try (XrpcClient client = client(network, GuardedClientTest::resolve)) {
      XrpcException refusal =
          catchThrowableOfType(
              XrpcException.class, () -> client.query(RELAY, METHOD, XrpcParams.none()));

      assertThat(refusal.kind()).isEqualTo(ErrorKind.BLOCKED_ADDRESS);
      assertThat(network.asked()).hasSize(1);
    }
  }

  @Test
  void an_answer_is_thrown_away_when_the_name_has_turned_private_meanwhile() {
    Deque<String> addresses = new ArrayDeque<>(List.of("1.1.1.1", "127.0.0.1"));
    var network = new ScriptedHttpClient(uri -> new Answer(200, "", "secret of the intranet"));
    HostResolver turning =
        host -> new InetAddress[] {InetAddress.getByName(addresses.removeFirst())};
    try (XrpcClient client = client(network, turning)) {
      XrpcException refusal =
          catchThrowableOfType(
              XrpcException.class, () -> client.query(RELAY, METHOD, XrpcParams.none()));

      assertThat(refusal.kind()).isEqualTo(ErrorKind.BLOCKED_ADDRESS);
      assertThat(network.asked()).hasSize(1);
    }
  }
}

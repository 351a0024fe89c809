package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.AddressGuard.PublicHttpsOnly;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

  private static final Duration ENOUGH = Duration.ofSeconds(30);
  private static final Nsid METHOD = Nsid.parse("com.example.test.query");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, List<String>> dns = new HashMap<>();
  private final AddressGuard guard = new PublicHttpsOnly(new NameLookup(this::resolve, threads));

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress literal = HostSyntax.literal(host);
    if (literal != null) {
      return new InetAddress[] {literal};
    }
    List<String> literals = dns.get(host);
    if (literals == null) {
      throw new UnknownHostException(host);
    }
    InetAddress[] addresses = new InetAddress[literals.size()];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = InetAddress.getByName(literals.get(i));
    }
    return addresses;
  }

  private static Call callTo(String url) {
    return Call.query(ServiceUrl.parse(url), METHOD, XrpcParams.none(), 1000);
  }

  private XrpcException refusalOf(String url) {
    return catchThrowableOfType(XrpcException.class, () -> guard.check(callTo(url), ENOUGH));
  }

  @Test
  void a_name_with_public_addresses_passes() {
    dns.put("pds.example.com", List.of("1.1.1.1", "2606:4700::1"));

    assertThatCode(() -> guard.check(callTo("https://pds.example.com"), ENOUGH))
        .doesNotThrowAnyException();
  }

  @Test
  void a_public_literal_passes() {
    assertThatCode(() -> guard.check(callTo("https://1.1.1.1"), ENOUGH)).doesNotThrowAnyException();
    assertThatCode(() -> guard.check(callTo("https://[2606:4700::1]"), ENOUGH))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://pds.example.com",
        "http://pds.example.com:443",
        "https://pds.example.com:8443",
        "https://pds.example.com:80",
        "https://pds.example.com.",
        "https://localhost",
        "https://localhost.",
        "https://foo.localhost",
        "https://intranet",
        "https://127.0.0.1",
        "https://10.0.0.1",
        "https://169.254.169.254",
        "https://0.0.0.0",
        "https://[::1]",
        "https://[::]",
        "https://[::ffff:127.0.0.1]",
        "https://[::ffff:7f00:1]",
        "https://[fd00::1]",
        "https://[2002:7f00:1::]",
        "https://[64:ff9b::7f00:1]",
      })
  void what_a_stranger_may_not_name_is_refused(String url) {
    dns.put("pds.example.com", List.of("1.1.1.1"));
    dns.put("pds.example.com.", List.of("1.1.1.1"));
    dns.put("localhost", List.of("1.1.1.1"));
    dns.put("foo.localhost", List.of("1.1.1.1"));
    dns.put("intranet", List.of("1.1.1.1"));

    assertThat(refusalOf(url).kind()).isEqualTo(ErrorKind.BLOCKED_ADDRESS);
  }

  @Test
  void a_name_is_refused_for_one_private_address_among_others() {
    dns.put("evil.example.com", List.of("1.1.1.1", "10.0.0.1"));

    XrpcException refusal = refusalOf("https://evil.example.com");

    assertThat(refusal.kind()).isEqualTo(ErrorKind.BLOCKED_ADDRESS);
    assertThat(refusal)
        .hasMessageContaining("evil.example.com")
        .hasMessageContaining(METHOD.value())
        .hasMessageNotContaining("10.0.0.1");
  }

  @Test
  void a_name_without_address_is_no_refusal_but_a_dns_failure() {
    assertThat(refusalOf("https://nowhere.example.com").kind()).isEqualTo(ErrorKind.DNS);
  }

  @Test
  void a_name_server_that_does_not_answer_does_not_hold_the_caller() {
    CountDownLatch never = new CountDownLatch(1);
    HostResolver stuck =
        host -> {
          try {
            never.await();
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
          throw new UnknownHostException(host);
        };
    AddressGuard waiting = new PublicHttpsOnly(new NameLookup(stuck, threads));

    XrpcException late =
        catchThrowableOfType(
            XrpcException.class,
            () -> waiting.check(callTo("https://pds.example.com"), Duration.ofMillis(50)));

    assertThat(late.kind()).isEqualTo(ErrorKind.TIMEOUT);
  }

  @Test
  void every_request_asks_for_the_addresses_of_now() throws Exception {
    Deque<String> answers = new ArrayDeque<>(List.of("1.1.1.1", "1.1.1.2", "127.0.0.1"));
    HostResolver changing = host -> new InetAddress[] {InetAddress.getByName(answers.remove())};
    AddressGuard sharp = new PublicHttpsOnly(new NameLookup(changing, threads));
    Call call = callTo("https://pds.example.com");

    sharp.check(call, ENOUGH);
    sharp.check(call, ENOUGH);

    assertThat(catchThrowableOfType(XrpcException.class, () -> sharp.check(call, ENOUGH)).kind())
        .isEqualTo(ErrorKind.BLOCKED_ADDRESS);
  }
}

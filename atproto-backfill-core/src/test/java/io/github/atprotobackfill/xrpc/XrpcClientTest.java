package io.github.atprotobackfill.xrpc;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single exchanges with well-mannered hosts, and what the client makes of their answers. */
class XrpcClientTest {

  @RegisterExtension
  static final WireMockExtension HOST =
      WireMockExtension.newInstance().options(wireMockConfig().dynamicPort()).build();

  private static final Nsid METHOD = Nsid.parse("com.example.test.query");
  private static final String PATH = "/xrpc/com.example.test.query";
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final ManualTicker time = new ManualTicker();
  private final List<String> exchanges = Collections.synchronizedList(new ArrayList<>());
  private XrpcClient client;
  private ServiceUrl host;

  @BeforeEach
  void open() {
    host = ServiceUrl.parse(HOST.baseUrl());
    client = builder().build();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private XrpcClientBuilder builder() {
    return XrpcClient.builder()
        .allowPrivateHosts(true)
        .hostPolicy(service -> new HostPolicy(10, Double.POSITIVE_INFINITY, 10))
        .pacing(time, time)
        .clock(() -> NOW)
        .listener(
            (service, status, bytes, took) -> exchanges.add(service + " " + status + " " + bytes));
  }

  private void use(XrpcClientBuilder other) {
    client.close();
    client = other.build();
  }

  private static void answer(ResponseDefinitionBuilder response) {
    HOST.stubFor(any(anyUrl()).willReturn(response));
  }

  private static void answerInTurn(ResponseDefinitionBuilder... responses) {
    String state = Scenario.STARTED;
    for (int i = 0; i < responses.length; i++) {
      String next = i == responses.length - 1 ? state : "after " + i;
      HOST.stubFor(
          get(urlPathEqualTo(PATH))
              .inScenario("in turn")
              .whenScenarioStateIs(state)
              .willReturn(responses[i])
              .willSetStateTo(next));
      state = next;
    }
  }

  private String text() throws InterruptedException {
    return new String(client.query(host, METHOD, XrpcParams.none()).body(), UTF_8);
  }

  private XrpcException failure() {
    return catchThrowableOfType(XrpcException.class, this::text);
  }

  private static int requests() {
    return HOST.getAllServeEvents().size();
  }

  @Test
  void a_query_is_a_get_with_encoded_parameters() throws Exception {
    answer(aResponse().withBody("{\"records\":[]}"));

    XrpcResponse response =
        client.query(host, METHOD, XrpcParams.none().with("cursor", "a+b c/d").with("limit", 7));

    assertThat(response.servedBy()).isEqualTo(host);
    assertThat(new String(response.body(), UTF_8)).isEqualTo("{\"records\":[]}");
    HOST.verify(
        getRequestedFor(urlEqualTo(PATH + "?cursor=a%2Bb%20c%2Fd&limit=7"))
            .withHeader("Accept-Encoding", equalTo("gzip"))
            .withHeader("User-Agent", equalTo(UserAgent.DEFAULT)));
  }

  @Test
  void a_page_that_is_html_is_the_callers_to_judge() throws Exception {
    answer(aResponse().withHeader("Content-Type", "text/html").withBody("<html>hi</html>"));

    assertThat(text()).isEqualTo("<html>hi</html>");
  }

  @Test
  void an_empty_answer_is_an_answer() throws Exception {
    answer(aResponse().withStatus(204));

    assertThat(text()).isEmpty();
  }

  @Test
  void gzip_is_unpacked_and_counted_as_it_came() throws Exception {
    String json = "{\"text\":\"" + "x".repeat(100_000) + "\"}";
    byte[] packed = gzip(json.getBytes(UTF_8));
    answer(aResponse().withHeader("Content-Encoding", "gzip").withBody(packed));

    assertThat(text()).isEqualTo(json);
    assertThat(exchanges).containsExactly(host + " 200 " + packed.length);
  }

  @Test
  void a_gzip_bomb_is_refused() throws Exception {
    use(builder().maxBodyBytes(100_000));
    answer(aResponse().withHeader("Content-Encoding", "gzip").withBody(gzip(new byte[10_000_000])));

    assertThat(failure().kind()).isEqualTo(ErrorKind.RESPONSE_TOO_LARGE);
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void an_encoding_that_nobody_asked_for_is_refused() {
    answer(aResponse().withHeader("Content-Encoding", "br").withBody("xxxx"));

    assertThat(failure().kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
  }

  @Test
  void a_named_error_names_host_method_status_and_words() {
    answer(
        aResponse()
            .withStatus(400)
            .withBody("{\"error\":\"RepoDeactivated\",\"message\":\"Repo has been deactivated\"}"));

    XrpcException failure = failure();

    assertThat(failure.kind()).isEqualTo(ErrorKind.REFUSED);
    assertThat(failure.status()).isEqualTo(400);
    assertThat(failure.error()).hasValue("RepoDeactivated");
    assertThat(failure.retryAfter()).isEmpty();
    assertThat(failure)
        .hasMessage(
            host.authority()
                + " com.example.test.query: HTTP 400 RepoDeactivated: Repo has been deactivated");
  }

  @Test
  void an_error_in_gzip_is_read_too() throws Exception {
    answer(
        aResponse()
            .withStatus(400)
            .withHeader("Content-Encoding", "gzip")
            .withBody(gzip("{\"error\":\"RepoNotFound\"}".getBytes(UTF_8))));

    assertThat(failure().kind()).isEqualTo(ErrorKind.REPO_NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>Bad Gateway</html>", "{\"error\":\"Upstr"})
  void a_server_error_of_any_form_is_tried_again(String body) throws Exception {
    answerInTurn(
        aResponse().withStatus(502).withBody(body),
        aResponse().withStatus(500).withBody(body),
        aResponse().withBody("{}"));

    assertThat(text()).isEqualTo("{}");
    assertThat(requests()).isEqualTo(3);
    assertThat(time.slept()).isBetween(Duration.ZERO, Duration.ofMillis(750));
  }

  @Test
  void a_server_error_that_stays_is_handed_back_after_the_last_try() {
    answer(aResponse().withStatus(500));

    assertThat(failure().kind()).isEqualTo(ErrorKind.SERVER_ERROR);
    assertThat(requests()).isEqualTo(RetryPolicy.DEFAULT.attempts());
    assertThat(exchanges).hasSize(RetryPolicy.DEFAULT.attempts());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 413, 429, 501})
  void what_will_not_pass_is_not_tried_again(int status) {
    answer(aResponse().withStatus(status));

    assertThat(failure().status()).isEqualTo(status);
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void a_429_parks_the_host_for_everybody() {
    answer(
        aResponse()
            .withStatus(429)
            .withHeader("Retry-After", "296")
            .withBody("{\"error\":\"RateLimitExceeded\",\"message\":\"Rate Limit Exceeded\"}"));

    XrpcException first = failure();
    XrpcException second = failure();

    assertThat(first.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
    assertThat(first.status()).isEqualTo(429);
    assertThat(first.retryAfter()).hasValue(Duration.ofSeconds(296));
    assertThat(second.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
    assertThat(second.status()).isZero();
    assertThat(second.retryAfter()).hasValue(Duration.ofSeconds(296));
    assertThat(client.budget(host).parkedFor()).isEqualTo(Duration.ofSeconds(296));
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void an_html_429_without_headers_cools_the_host_down() {
    answer(aResponse().withStatus(429).withBody("<html>slow down</html>"));

    assertThat(failure().retryAfter()).hasValue(Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(1));
    assertThat(failure().retryAfter()).hasValue(Duration.ofSeconds(2));
    assertThat(requests()).isEqualTo(2);
  }

  @Test
  void a_503_with_retry_after_parks_and_is_not_tried_again() {
    answer(aResponse().withStatus(503).withHeader("Retry-After", "30"));

    XrpcException failure = failure();

    assertThat(failure.kind()).isEqualTo(ErrorKind.SERVER_ERROR);
    assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(30));
    assertThat(client.budget(host).parkedFor()).isEqualTo(Duration.ofSeconds(30));
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void a_window_used_up_stops_requests_until_its_reset() throws Exception {
    answer(
        aResponse()
            .withHeader("RateLimit-Limit", "3000")
            .withHeader("RateLimit-Remaining", "0")
            .withHeader("RateLimit-Reset", String.valueOf(NOW.getEpochSecond() + 120))
            .withHeader("RateLimit-Policy", "3000;w=300")
            .withBody("{}"));

    assertThat(text()).isEqualTo("{}");
    assertThat(failure().retryAfter()).hasValue(Duration.ofSeconds(120));

    time.advance(Duration.ofSeconds(120));
    assertThat(text()).isEqualTo("{}");
  }

  @Test
  void requests_are_paced_by_the_policy() throws Exception {
    use(builder().hostPolicy(service -> new HostPolicy(4, 10, 1)));
    answer(aResponse().withBody("{}"));

    for (int i = 0; i < 5; i++) {
      text();
    }

    assertThat(time.slept()).isEqualTo(Duration.ofMillis(400));
  }

  @Test
  void a_redirect_is_followed_and_the_server_behind_it_named() throws Exception {
    answerInTurn(
        aResponse().withStatus(302).withHeader("Location", "/elsewhere?did=did%3Aplc%3Ax"));
    HOST.stubFor(get(urlPathEqualTo("/elsewhere")).willReturn(aResponse().withBody("here")));

    assertThat(text()).isEqualTo("here");
    HOST.verify(getRequestedFor(urlEqualTo("/elsewhere?did=did%3Aplc%3Ax")));
    assertThat(exchanges).hasSize(2);
  }

  @Test
  void a_redirect_to_another_host_spends_from_that_hosts_budget() throws Exception {
    ServiceUrl other = ServiceUrl.parse("http://127.0.0.1:" + HOST.getPort());
    use(builder().hostPolicy(service -> new HostPolicy(4, 1, 5)));
    answerInTurn(aResponse().withStatus(307).withHeader("Location", other + "/elsewhere#fragment"));
    HOST.stubFor(get(urlPathEqualTo("/elsewhere")).willReturn(aResponse().withBody("here")));
    assertThat(host).isNotEqualTo(other);

    XrpcResponse response = client.query(host, METHOD, XrpcParams.none());

    assertThat(response.servedBy()).isEqualTo(other);
    for (int left = 4; left > 0; left--) {
      assertThat(client.budget(other).take().waitNanos()).isZero();
    }
    assertThat(client.budget(other).readyIn()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void redirects_without_end_are_cut_after_five() {
    answer(aResponse().withStatus(302).withHeader("Location", PATH));

    assertThat(failure().kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
    assertThat(requests()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://",
        "http://a b/",
        "http://user@example.com/",
        "ftp://example.com/x",
        "mailto:someone@example.com",
        "http://example.com:99999/",
        "http://2130706433/",
        "%zz"
      })
  void a_redirect_to_nowhere_is_an_invalid_answer(String location) {
    answer(aResponse().withStatus(302).withHeader("Location", location));

    assertThat(failure().kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void a_document_is_fetched_under_its_own_cap() throws Exception {
    answer(aResponse().withBody("0123456789"));
    URI uri = URI.create(host + "/.well-known/did.json?x=1");

    assertThat(client.get(uri, 10).body()).hasSize(10);
    assertThat(catchThrowableOfType(XrpcException.class, () -> client.get(uri, 9)).kind())
        .isEqualTo(ErrorKind.RESPONSE_TOO_LARGE);
    HOST.verify(2, getRequestedFor(urlEqualTo("/.well-known/did.json?x=1")));
  }

  @Test
  void a_document_is_not_fetched_through_a_redirect() {
    answer(aResponse().withStatus(302).withHeader("Location", "/other"));

    XrpcException refusal =
        catchThrowableOfType(
            XrpcException.class, () -> client.get(URI.create(host + "/did.json"), 100));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
    assertThat(refusal.status()).isEqualTo(302);
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void a_document_that_is_not_there_is_refused_with_its_status() {
    answer(aResponse().withStatus(404).withBody("{\"message\":\"DID not registered\"}"));

    XrpcException refusal =
        catchThrowableOfType(
            XrpcException.class, () -> client.get(URI.create(host + "/did:plc:x"), 100));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.REFUSED);
    assertThat(refusal.status()).isEqualTo(404);
    assertThat(refusal).hasMessageContaining("/did:plc:x").hasMessageContaining("not registered");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/relative", "mailto:a@example.com", "ftp://example.com/", "https:x"})
  void a_document_is_at_an_http_url(String uri) {
    assertThatThrownBy(() -> client.get(URI.create(uri), 100))
        .isInstanceOf(InvalidSyntaxException.class);
  }

  @Test
  void private_hosts_are_refused_unless_allowed() {
    use(builder().allowPrivateHosts(false));
    answer(aResponse().withBody("{}"));

    assertThat(failure().kind()).isEqualTo(ErrorKind.BLOCKED_ADDRESS);
    assertThat(client.allowsPrivateHosts()).isFalse();
    assertThat(requests()).isZero();
    assertThat(exchanges).isEmpty();
  }

  @Test
  void a_public_name_that_leads_to_a_private_address_is_refused() {
    use(
        builder()
            .allowPrivateHosts(false)
            .resolver(name -> new InetAddress[] {InetAddress.getByName("192.168.1.1")}));

    XrpcException refusal =
        catchThrowableOfType(
            XrpcException.class,
            () ->
                client.query(
                    ServiceUrl.parse("https://pds.example.com"), METHOD, XrpcParams.none()));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.BLOCKED_ADDRESS);
    assertThat(exchanges).isEmpty();
  }

  @Test
  void a_name_without_address_is_a_dns_failure() {
    XrpcException failure =
        catchThrowableOfType(
            XrpcException.class,
            () ->
                client.query(
                    ServiceUrl.parse("http://nowhere.invalid:8080"), METHOD, XrpcParams.none()));

    assertThat(failure.kind()).isEqualTo(ErrorKind.DNS);
    assertThat(failure).hasMessageContaining("nowhere.invalid:8080");
  }

  @Test
  void a_listener_that_throws_harms_nobody() throws Exception {
    use(
        builder()
            .listener(
                (service, status, bytes, took) -> {
                  throw new IllegalStateException("broken listener, on purpose");
                }));
    answer(aResponse().withBody("{}"));

    assertThat(text()).isEqualTo("{}");
    assertThat(text()).isEqualTo("{}");
  }

  @Test
  void an_http_client_that_follows_redirects_is_not_taken() {
    HttpClient following =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();

    assertThatThrownBy(() -> XrpcClient.builder().httpClient(following))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " x", "a\nb", "é"})
  void a_user_agent_is_one_line_of_ascii(String userAgent) {
    assertThatThrownBy(() -> XrpcClient.builder().userAgent(userAgent))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    return packed.toByteArray();
  }
}

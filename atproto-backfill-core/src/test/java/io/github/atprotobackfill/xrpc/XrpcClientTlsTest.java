package io.github.atprotobackfill.xrpc;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import java.net.Socket;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is different when the host speaks TLS, with a certificate that nobody signed. */
class XrpcClientTlsTest {

  @RegisterExtension
  static final WireMockExtension HOST =
      WireMockExtension.newInstance()
          .options(wireMockConfig().dynamicPort().dynamicHttpsPort())
          .build();

  private static final Nsid METHOD = Nsid.parse("com.example.test.query");

  private ServiceUrl secure;
  private ServiceUrl plain;

  @BeforeEach
  void find() {
    secure = ServiceUrl.parse("https://localhost:" + HOST.getHttpsPort());
    plain = ServiceUrl.parse("http://localhost:" + HOST.getPort());
  }

  private static XrpcClientBuilder builder() {
    return XrpcClient.builder().allowPrivateHosts(true).retry(RetryPolicy.NONE);
  }

  private static HttpClient trusting() throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {new Credulous()}, new SecureRandom());
    return HttpClient.newBuilder().sslContext(tls).build();
  }

  private static XrpcException failure(XrpcClient client, ServiceUrl service) {
    return catchThrowableOfType(
        XrpcException.class, () -> client.query(service, METHOD, XrpcParams.none()));
  }

  @Test
  void a_certificate_that_nobody_signed_is_refused() {
    try (XrpcClient client = builder().build()) {
      assertThat(failure(client, secure).kind()).isEqualTo(ErrorKind.TLS);
    }
  }

  @Test
  void a_host_without_tls_is_a_tls_failure() {
    try (XrpcClient client = builder().build()) {
      ServiceUrl noTls = ServiceUrl.parse("https://localhost:" + HOST.getPort());
      assertThat(failure(client, noTls).kind()).isEqualTo(ErrorKind.TLS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void http2_is_spoken_only_by_choice(boolean http2) throws Exception {
    HOST.stubFor(any(anyUrl()).willReturn(aResponse().withBody("{}")));

    try (XrpcClient client = builder().httpClient(trusting()).http2(http2).build()) {
      assertThat(client.query(secure, METHOD, XrpcParams.none()).body()).hasSize(2);
      assertThat(client.query(plain, METHOD, XrpcParams.none()).body()).hasSize(2);
    }

    assertThat(HOST.getAllServeEvents())
        .extracting(event -> event.getRequest().getProtocol())
        .containsExactly("HTTP/1.1", http2 ? "HTTP/2.0" : "HTTP/1.1");
  }

  @Test
  void a_redirect_from_https_to_http_is_refused() throws Exception {
    HOST.stubFor(
        get(urlPathEqualTo("/xrpc/" + METHOD))
            .willReturn(aResponse().withStatus(302).withHeader("Location", plain + "/other")));

    try (XrpcClient client = builder().httpClient(trusting()).build()) {
      XrpcException refusal = failure(client, secure);

      assertThat(refusal.kind()).isEqualTo(ErrorKind.BLOCKED_ADDRESS);
      assertThat(refusal.status()).isEqualTo(302);
    }
    assertThat(HOST.getAllServeEvents()).hasSize(1);
  }

  /** Believes every certificate; an extended manager is asked about host names, too. */
  private static final class Credulous extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

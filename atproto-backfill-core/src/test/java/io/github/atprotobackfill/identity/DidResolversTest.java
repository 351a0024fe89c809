package io.github.atprotobackfill.identity;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.RetryPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer of a directory, and which of the five outcomes it is. */
class DidResolversTest {

  private static final String PLC = "did:plc:dymdrt6um4ykyt2ykj6yjpfo";

  @RegisterExtension
  static final WireMockExtension HOST =
      WireMockExtension.newInstance().options(wireMockConfig().dynamicPort()).build();

  private static final HostPolicy UNPACED = new HostPolicy(4, Double.POSITIVE_INFINITY, 4);

  private XrpcClient client;
  private DidResolver resolver;

  @BeforeEach
  void askTheHost() {
    // A client of each test's own: a host that parked itself in one is fresh in the next.
    client =
        XrpcClient.builder()
            .allowPrivateHosts(true)
            .retry(RetryPolicy.NONE)
            .hostPolicy(service -> UNPACED)
            .build();
    resolver = DidResolvers.uncached(client, new ServiceUrl("http", "localhost", HOST.getPort()));
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void aRegisteredDidHasADocument() throws InterruptedException {
    HOST.stubFor(get(urlEqualTo("/" + PLC)).willReturn(okJson(document(PLC))));

    assertThat(resolver.resolve(Did.parse(PLC)).pds())
        .contains(new ServiceUrl("https", "pds.example.com", -1));
  }

  @Test
  void aDidWebHasItsDocumentAtItsHost() throws InterruptedException {
    String web = "did:web:localhost%3A" + HOST.getPort();
    HOST.stubFor(get(urlEqualTo("/.well-known/did.json")).willReturn(okJson(document(web))));

    assertThat(resolver.resolve(Did.parse(web)).did()).hasToString(web);
  }

  static Stream<Arguments> answers() {
    String unknown = "{\"message\":\"DID not registered: " + PLC + "\"}";
    String tombstone = "{\"message\":\"DID not available: " + PLC + "\"}";
    return Stream.of(
        Arguments.of(answer(404, unknown), ErrorKind.DID_NOT_FOUND),
        Arguments.of(answer(404, ""), ErrorKind.DID_NOT_FOUND),
        Arguments.of(answer(404, "<html>Not here</html>"), ErrorKind.DID_NOT_FOUND),
        Arguments.of(answer(404, tombstone), ErrorKind.DID_TOMBSTONED),
        Arguments.of(answer(410, tombstone), ErrorKind.DID_TOMBSTONED),
        Arguments.of(answer(410, ""), ErrorKind.DID_TOMBSTONED),
        Arguments.of(answer(200, "<html>Welcome</html>"), ErrorKind.DID_DOCUMENT_INVALID),
        Arguments.of(answer(200, ""), ErrorKind.DID_DOCUMENT_INVALID),
        Arguments.of(answer(200, document("did:plc:other")), ErrorKind.DID_DOCUMENT_INVALID),
        Arguments.of(answer(200, large(document(PLC))), ErrorKind.DID_DOCUMENT_INVALID),
        Arguments.of(answer(429, ""), ErrorKind.RATE_LIMITED),
        Arguments.of(answer(500, ""), ErrorKind.SERVER_ERROR),
        Arguments.of(answer(503, unknown), ErrorKind.SERVER_ERROR),
        Arguments.of(answer(403, ""), ErrorKind.REFUSED),
        Arguments.of(
            answer(302, "").withHeader("Location", "/elsewhere"), ErrorKind.INVALID_RESPONSE),
        Arguments.of(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER), ErrorKind.CONNECT));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void everyOtherAnswerIsOneOfFiveFailures(ResponseDefinitionBuilder answer, ErrorKind kind) {
    HOST.stubFor(get(anyUrl()).willReturn(answer));
    HOST.stubFor(get("/elsewhere").willReturn(okJson(document(PLC))));

    assertFails(PLC, kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N",
        "did:plc:short",
        "did:plc:DYMDRT6UM4YKYT2YKJ6YJPFO",
        "did:plc:dymdrt6um4ykyt2ykj6yjpf1",
        "did:web:example.com:user",
        "did:web:example.com%3A8443",
        "did:web:example.com%2Fpath",
        "did:web:127.0.0.1",
        "did:web:host",
        "did:web:printer.local",
        "did:web:metadata.internal",
        "did:web:localhost%3A0",
        "did:web:localhost%3A65536",
        "did:web:localhost%3A80%3A90",
        "did:web:localhost%3A80:path",
      })
  void formsThatTheProtocolDoesNotUseAreNotAsked(String did) {
    assertFails(did, ErrorKind.DID_UNSUPPORTED);
    assertThat(HOST.getAllServeEvents()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"did:web:localhost", "did:web:localhost%3A2591", "did:web:a.test"})
  void privateHostsAreNotAskedUnlessAllowed(String did) {
    try (XrpcClient careful = XrpcClient.create()) {
      resolver = DidResolvers.uncached(careful, DidResolvers.PUBLIC_DIRECTORY);
      assertFails(did, ErrorKind.DID_UNSUPPORTED);
    }
  }

  @Test
  void aDirectoryThatIsDownIsUnreachable() {
    resolver = DidResolvers.uncached(client, new ServiceUrl("http", "localhost", 1));

    assertFails(PLC, ErrorKind.CONNECT);
  }

  @Test
  void theStandardResolverRemembers() throws InterruptedException {
    HOST.stubFor(get(urlEqualTo("/" + PLC)).willReturn(okJson(document(PLC))));
    DidResolver standard =
        DidResolvers.standard(client, new ServiceUrl("http", "localhost", HOST.getPort()));

    standard.resolve(Did.parse(PLC));
    standard.resolve(Did.parse(PLC));
    assertThat(HOST.getAllServeEvents()).hasSize(1);

    standard.invalidate(Did.parse(PLC));
    standard.resolve(Did.parse(PLC));
    assertThat(HOST.getAllServeEvents()).hasSize(2);
  }

  private void assertFails(String did, ErrorKind kind) {
    assertThatThrownBy(() -> resolver.resolve(Did.parse(did)))
        .isInstanceOfSatisfying(
            DidResolutionException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageStartingWith(did + ": ");
  }

  private static ResponseDefinitionBuilder answer(int status, String body) {
    return aResponse().withStatus(status).withBody(body);
  }

  private static String document(String did) {
    return """
        {"id":"%s","alsoKnownAs":["at://alice.example.com"],
         "service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer",
           "serviceEndpoint":"https://pds.example.com"}]}
        """
        .formatted(did);
  }

  private static String large(String document) {
    return document + " ".repeat((int) DidDocumentSource.MAX_BYTES);
  }
}

package io.github.atprotobackfill.identity;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.RetryPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What hosts answer when they are asked for the DID of a handle. */
class HandleLookupsTest {

  private static final Handle ALICE = Handle.parse("alice.test");
  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");
  private static final String WELL_KNOWN = "/.well-known/atproto-did";
  private static final String RESOLVE =
      "/xrpc/com.atproto.identity.resolveHandle?handle=alice.test";

  @RegisterExtension
  static final WireMockExtension HOST =
      WireMockExtension.newInstance().options(wireMockConfig().dynamicPort()).build();

  private static final HostPolicy UNPACED = new HostPolicy(4, Double.POSITIVE_INFINITY, 4);

  private XrpcClient client;
  private ServiceUrl host;
  private HandleLookup wellKnown;
  private HandleLookup service;

  @BeforeEach
  void askTheHost() {
    // A client of each test's own: a host that parked itself in one is fresh in the next.
    client =
        XrpcClient.builder()
            .allowPrivateHosts(true)
            .retry(RetryPolicy.NONE)
            .hostPolicy(service -> UNPACED)
            .build();
    host = new ServiceUrl("http", "localhost", HOST.getPort());
    wellKnown = new WellKnownHandleLookup(client, handle -> host);
    service = new ServiceHandleLookup(client, host);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s\n", " \r\n%s "})
  void theWellKnownFileNamesTheDid(String body) throws InterruptedException {
    HOST.stubFor(get(urlEqualTo(WELL_KNOWN)).willReturn(ok(body.formatted(DID))));

    assertThat(wellKnown.find(ALICE)).contains(DID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>Welcome</html>", "did:plc:a did:plc:b", "did=did:plc:abc"})
  void whatIsNoDidNamesNone(String body) throws InterruptedException {
    HOST.stubFor(get(urlEqualTo(WELL_KNOWN)).willReturn(ok(body)));

    assertThat(wellKnown.find(ALICE)).isEmpty();
  }

  @Test
  void aPageOfTheirsNamesNone() throws InterruptedException {
    HOST.stubFor(get(urlEqualTo(WELL_KNOWN)).willReturn(ok("<html>" + " ".repeat(5_000))));

    assertThat(wellKnown.find(ALICE)).isEmpty();
  }

  @Test
  void aServiceNamesTheDid() throws InterruptedException {
    HOST.stubFor(get(urlEqualTo(RESOLVE)).willReturn(okJson("{\"did\":\"" + DID + "\"}")));

    assertThat(service.find(ALICE)).contains(DID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"did\":7}", "{\"did\":\"alice\"}", "[]", "<html>", ""})
  void aServiceThatAnswersNonsenseWasNotReached(String body) {
    HOST.stubFor(get(urlEqualTo(RESOLVE)).willReturn(ok(body)));

    assertFails(service, ErrorKind.INVALID_RESPONSE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {\"error\":\"HandleNotFound\",\"message\":\"Unable to resolve handle\"}",
        "400 | {\"error\":\"InvalidRequest\",\"message\":\"Unable to resolve handle\"}",
        "404 | {\"error\":\"NotFound\",\"message\":\"Not Found\"}",
        "404 | Cannot GET",
        "501 | {\"error\":\"MethodNotImplemented\"}",
      })
  void aPlainNoIsNoDid(int status, String body) throws InterruptedException {
    HOST.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(status).withBody(body)));

    assertThat(service.find(ALICE)).isEmpty();
    if (status < 500) {
      assertThat(wellKnown.find(ALICE)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"429, RATE_LIMITED", "500, SERVER_ERROR", "503, SERVER_ERROR"})
  void aHostInTroubleSaysNothing(int status, ErrorKind kind) {
    HOST.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(status)));

    assertFails(status == 429 ? service : wellKnown, kind);
  }

  @Test
  void namedServicesAreAskedBeforeAnythingElse() throws InterruptedException {
    HOST.stubFor(get(urlEqualTo(RESOLVE)).willReturn(okJson("{\"did\":\"" + DID + "\"}")));
    DidResolver dids =
        did -> new DidDocument(did, Optional.empty(), Optional.of(ALICE), Optional.empty());

    assertThat(HandleResolvers.asking(List.of(host), client, dids).resolve(ALICE)).isEqualTo(DID);
  }

  private static void assertFails(HandleLookup lookup, ErrorKind kind) {
    assertThatThrownBy(() -> lookup.find(ALICE))
        .isInstanceOfSatisfying(
            DidResolutionException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageStartingWith("alice.test: ");
  }
}

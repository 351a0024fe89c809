package io.github.atprotobackfill.source;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.RetryPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepoSourcesTest {

  private static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Did BOB = Did.parse("did:web:bob.example.com");
  private static final Nsid NOTE = Nsid.parse("com.example.note");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final String HEAD = "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq";
  private static final String BY_COLLECTION = "com.atproto.sync.listReposByCollection";
  private static final String LIST_REPOS = "com.atproto.sync.listRepos";
  private static final String LIST_HOSTS = "com.atproto.sync.listHosts";

  @RegisterExtension
  static final WireMockExtension HOST =
      WireMockExtension.newInstance().options(options().dynamicPort()).build();

  private XrpcClient client;
  private RepoSources sources;
  private ServiceUrl service;

  @BeforeEach
  void open() {
    client =
        XrpcClient.builder()
            .allowPrivateHosts(true)
            .retry(RetryPolicy.NONE)
            .hostPolicy(host -> new HostPolicy(4, Double.POSITIVE_INFINITY, 1_000))
            .build();
    sources = new RepoSources(client);
    service = new ServiceUrl("http", "localhost", HOST.getPort());
  }

  @AfterEach
  void close() {
    client.close();
  }

  // ---- what each listing gives

  @Test
  void aCollectionGivesDids() throws Exception {
    page(BY_COLLECTION, null, repos("next", "{\"did\":\"" + ALICE + "\",\"x\":{\"did\":1}}"));
    page(BY_COLLECTION, "next", repos(null, "{\"did\":\"" + BOB + "\"}"));
    RepoSource source = sources.collection(service, NOTE);
    RepoPage first = source.page(null);
    assertThat(first).isEqualTo(RepoPage.of(List.of(RepoRef.of(ALICE)), "next"));
    assertThat(source.page("next")).isEqualTo(RepoPage.of(List.of(RepoRef.of(BOB)), null));
    HOST.verify(
        2,
        getRequestedFor(urlPathEqualTo("/xrpc/" + BY_COLLECTION))
            .withQueryParam("collection", equalTo("com.example.note"))
            .withQueryParam("limit", equalTo("1000")));
  }

  @Test
  void aHostGivesItsActiveReposWithPdsAndRev() throws Exception {
    page(
        LIST_REPOS,
        null,
        repos(
            null,
            repo(ALICE, "\"rev\":\"" + REV + "\",\"active\":true"),
            repo(BOB, "\"rev\":\"" + REV + "\"")));
    assertThat(sources.host(service).page(null).repos())
        .containsExactly(
            new RepoRef(ALICE, service, REV, null), new RepoRef(BOB, service, REV, null));
  }

  @Test
  void aHostLeavesInactiveReposToBeResolvedAfresh() throws Exception {
    page(
        LIST_REPOS,
        null,
        repos(
            null,
            repo(ALICE, "\"rev\":\"" + REV + "\",\"active\":false,\"status\":\"deactivated\""),
            repo(BOB, "\"rev\":\"\",\"active\":false")));
    assertThat(sources.host(service).page(null))
        .isEqualTo(
            RepoPage.of(
                List.of(
                    new RepoRef(ALICE, null, null, "deactivated"),
                    new RepoRef(BOB, null, null, null)),
                null));
  }

  @Test
  void aRelayGivesDidsOnly() throws Exception {
    page(LIST_REPOS, null, repos("7", repo(ALICE, "\"rev\":\"" + REV + "\",\"active\":true")));
    assertThat(sources.relayRepos(service).page(null))
        .isEqualTo(RepoPage.of(List.of(RepoRef.of(ALICE)), "7"));
  }

  @Test
  void aRelaysHostsAreSourcesAndBannedOnesAreNot() throws Exception {
    page(
        LIST_HOSTS,
        null,
        okJson(
            "{\"cursor\":\"9\",\"hosts\":["
                + String.join(
                    ",",
                    host("pds.example.com", "active"),
                    host("Idle.Example.com", "idle"),
                    host("offline.example.com", "offline"),
                    host("new.example.com", null),
                    host("banned.example.com", "banned"),
                    host("idle.example.com:443", "active"),
                    host("localhost:2583", "active"),
                    host("127.0.0.1:2584", "active"),
                    host("https://no.example.com", "active"),
                    host("no.example.com/path", "active"),
                    "{\"status\":\"active\"}",
                    "17")
                + "]}"));
    RepoPage page = sources.hosts(service).page(null);
    assertThat(page.repos()).isEmpty();
    assertThat(page.cursor()).isEqualTo("9");
    assertThat(page.rejected()).isEqualTo(4);
    assertThat(page.sources())
        .extracting(RepoSource::id)
        .containsExactly(
            "host@https://pds.example.com",
            "host@https://idle.example.com",
            "host@https://offline.example.com",
            "host@https://new.example.com",
            "host@http://localhost:2583",
            "host@http://127.0.0.1:2584");
  }

  @Test
  void leavesOutMalformedReposAndCountsThem() throws Exception {
    page(
        LIST_REPOS,
        null,
        repos(
            "on",
            "17",
            "null",
            "[[]]",
            "{}",
            "{\"did\":5}",
            "{\"did\":null}",
            "{\"did\":\"did:plc:\"}",
            "{\"did\":\"alice.example.com\"}",
            repo(ALICE, "\"rev\":\"not-a-tid\",\"active\":true"),
            repo(BOB, "\"rev\":\"" + REV + "\"")));
    RepoPage page = sources.host(service).page(null);
    assertThat(page.repos()).extracting(RepoRef::did).containsExactly(BOB);
    assertThat(page.rejected()).isEqualTo(9);
    assertThat(page.cursor()).isEqualTo("on");
  }

  // ---- pages

  @ParameterizedTest
  @MethodSource("everySource")
  void anEmptyPageIsNotTheEnd(Function<RepoSourcesTest, RepoSource> kind) throws Exception {
    RepoSource source = kind.apply(this);
    String array = source.id().startsWith("hosts@") ? "hosts" : "repos";
    anyPage(okJson("{\"" + array + "\":[],\"cursor\":\"on\"}"));
    assertThat(source.page(null)).isEqualTo(RepoPage.of(List.of(), "on"));
    anyPage(okJson("{\"" + array + "\":[],\"cursor\":\"\"}"));
    assertThat(source.page("on")).isEqualTo(RepoPage.of(List.of(), null));
  }

  @ParameterizedTest
  @MethodSource("everySource")
  void aPageThatLeadsBackToItselfIsRefused(Function<RepoSourcesTest, RepoSource> kind) {
    RepoSource source = kind.apply(this);
    String array = source.id().startsWith("hosts@") ? "hosts" : "repos";
    anyPage(okJson("{\"" + array + "\":[],\"cursor\":\"same\"}"));
    assertInvalid(source, "same", "leads back to itself");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<!DOCTYPE html><p>hello",
        "null",
        "[]",
        "{}",
        "{\"repos\":null}",
        "{\"repos\":[{\"did\":\"did:web:a.example\"}",
        "{\"repos\":[],\"cursor\":7}"
      })
  void aPageThatIsNoneIsRefused(String body) {
    anyPage(okJson(body));
    assertInvalid(sources.collection(service, NOTE), null, BY_COLLECTION);
    assertInvalid(sources.host(service), null, LIST_REPOS);
    assertInvalid(sources.hosts(service), null, LIST_HOSTS);
  }

  @Test
  void cursorsArePassedOnUnchanged() throws Exception {
    String cursor = "1795226602500::did:plc:a+b/c=&d %2Fe\u00e9";
    page(LIST_REPOS, cursor, repos(null, repo(ALICE, "\"rev\":\"" + REV + "\"")));
    assertThat(sources.host(service).page(cursor).repos()).hasSize(1);
  }

  @Test
  void aWalkSeesAListingThatGoesInCircles() throws Exception {
    page(LIST_REPOS, null, repos("a", repo(ALICE, "\"active\":true")));
    page(LIST_REPOS, "a", repos("b", repo(BOB, "\"active\":true")));
    page(LIST_REPOS, "b", repos("a", repo(ALICE, "\"active\":true")));
    RepoSource source = sources.host(service);
    PageWalk walk = new PageWalk(source.id(), null);
    List<Did> seen = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              String cursor = null;
              for (int pages = 0; pages < 10; pages++) {
                RepoPage page = source.page(cursor);
                walk.passed(page);
                page.repos().forEach(repo -> seen.add(repo.did()));
                cursor = page.cursor();
              }
            })
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("host@http://localhost:" + HOST.getPort())
        .hasMessageContaining("goes in circles");
    assertThat(seen).contains(ALICE, BOB);
  }

  // ---- services that do not offer a listing, or fail

  @ParameterizedTest
  @MethodSource("everySource")
  void aListingThatIsNotOfferedIsNamedSo(Function<RepoSourcesTest, RepoSource> kind) {
    RepoSource source = kind.apply(this);
    List<ResponseDefinitionBuilder> answers =
        List.of(
            error(400, "InvalidRequest", "No service configured for com.atproto.sync.x"),
            error(401, "AuthMissing", "Authentication Required"),
            error(404, "XRPCNotSupported", "not supported"),
            error(501, "MethodNotImplemented", "Method Not Implemented"),
            aResponse().withStatus(404).withBody("<html>Cannot GET</html>"),
            aResponse().withStatus(501));
    for (ResponseDefinitionBuilder answer : answers) {
      anyPage(answer);
      assertThatThrownBy(() -> source.page(null))
          .isInstanceOf(SourceUnsupportedException.class)
          .hasMessageContaining(service.authority() + " does not offer com.atproto.sync.")
          .satisfies(
              e ->
                  assertThat(((SourceUnsupportedException) e).kind())
                      .isEqualTo(ErrorKind.NOT_SUPPORTED));
    }
  }

  @ParameterizedTest
  @MethodSource("everySource")
  void aListingThatFailsIsNotTakenForUnsupported(Function<RepoSourcesTest, RepoSource> kind) {
    RepoSource source = kind.apply(this);
    assertFails(source, aResponse().withStatus(503), ErrorKind.SERVER_ERROR);
    assertFails(source, error(400, "InvalidRequest", "Malformed cursor"), ErrorKind.REFUSED);
    assertFails(source, error(500, "DatabaseError", "oops"), ErrorKind.SERVER_ERROR);
  }

  private void assertFails(RepoSource source, ResponseDefinitionBuilder answer, ErrorKind kind) {
    anyPage(answer);
    assertThatThrownBy(() -> source.page(null))
        .isInstanceOf(XrpcException.class)
        .satisfies(e -> assertThat(((XrpcException) e).kind()).isEqualTo(kind));
  }

  // ---- ids

  @Test
  void everyIdBuildsItsSourceAgain() {
    for (ServiceUrl at :
        List.of(
            service,
            ServiceUrl.parse("https://relay.example.com"),
            ServiceUrl.parse("https://relay.example.com:8443"))) {
      for (RepoSource source :
          List.of(
              sources.collection(at, NOTE),
              sources.relayRepos(at),
              sources.host(at),
              sources.hosts(at))) {
        RepoSource again = sources.ofId(source.id());
        assertThat(again.id()).isEqualTo(source.id());
        assertThat(again).hasSameClassAs(source);
      }
    }
    assertThat(sources.collection(service, NOTE).id())
        .isEqualTo("collection:com.example.note@http://localhost:" + HOST.getPort());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host",
        "host@",
        "host@nonsense",
        "host@https://a.example@https://b.example",
        "guest@https://a.example",
        "collection:@https://a.example",
        "collection:not an nsid@https://a.example",
        "dids:0123"
      })
  void anIdThatIsNoneIsRefused(String id) {
    assertThatThrownBy(() -> sources.ofId(id)).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- how the service answers

  static Stream<Function<RepoSourcesTest, RepoSource>> everySource() {
    return Stream.of(
        test -> test.sources.collection(test.service, NOTE),
        test -> test.sources.relayRepos(test.service),
        test -> test.sources.host(test.service),
        test -> test.sources.hosts(test.service));
  }

  private static void page(
      String method, @Nullable String cursor, ResponseDefinitionBuilder answer) {
    HOST.stubFor(
        get(urlPathEqualTo("/xrpc/" + method))
            .withQueryParam("cursor", cursor == null ? absent() : equalTo(cursor))
            .willReturn(answer));
  }

  private static void anyPage(ResponseDefinitionBuilder answer) {
    for (String method : List.of(BY_COLLECTION, LIST_REPOS, LIST_HOSTS)) {
      HOST.stubFor(get(urlPathEqualTo("/xrpc/" + method)).willReturn(answer));
    }
  }

  private static ResponseDefinitionBuilder repos(@Nullable String cursor, String... entries) {
    String next = cursor == null ? "" : ",\"cursor\":\"" + cursor + '"';
    String all = Stream.of(entries).collect(Collectors.joining(","));
    return okJson("{\"repos\":[" + all + "]" + next + "}");
  }

  private static String repo(Did did, String more) {
    return "{\"did\":\"" + did + "\",\"head\":\"" + HEAD + "\"," + more + "}";
  }

  private static String host(String hostname, @Nullable String status) {
    String more = status == null ? "" : ",\"status\":\"" + status + '"';
    return "{\"hostname\":\"" + hostname + "\",\"seq\":12,\"accountCount\":3" + more + "}";
  }

  private static ResponseDefinitionBuilder error(int status, String name, String message) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "application/json")
        .withBody("{\"error\":\"" + name + "\",\"message\":\"" + message + "\"}");
  }

  private void assertInvalid(RepoSource source, @Nullable String cursor, String said) {
    assertThatThrownBy(() -> source.page(cursor))
        .isInstanceOf(XrpcException.class)
        .hasMessageStartingWith(service.authority() + " com.atproto.sync.")
        .hasMessageContaining(said)
        .satisfies(
            e -> assertThat(((XrpcException) e).kind()).isEqualTo(ErrorKind.INVALID_RESPONSE));
  }
}

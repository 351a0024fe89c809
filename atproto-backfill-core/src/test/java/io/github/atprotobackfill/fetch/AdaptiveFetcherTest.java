package io.github.atprotobackfill.fetch;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.fetch.FetchChoice.Way;
import io.github.atprotobackfill.repo.BuiltRepo;
import io.github.atprotobackfill.repo.DagCbor;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.RetryPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which way is chosen, for what is known of a repo, its host and the network. */
class AdaptiveFetcherTest extends RepoHostFixture {

  private static final String GET_REPO = "com.atproto.sync.getRepo";
  private static final Did BOB = Did.parse("did:plc:vt2gyvesmcxdvp7ia2up4dvv");
  private static final ServiceUrl ELSEWHERE = new ServiceUrl("https", "pds.example.com", -1);

  private XrpcClient paced;
  private AdaptiveFetcher fetcher;

  @BeforeEach
  void pace() {
    paced =
        XrpcClient.builder()
            .allowPrivateHosts(true)
            .retry(RetryPolicy.NONE)
            .hostPolicy(host -> new HostPolicy(4, 8, 1_000))
            .build();
    fetcher =
        new AdaptiveFetcher(
            paced,
            RepoExportFetcher.builder(paced).verifySignatures(false).build(),
            new ListRecordsFetcher(paced));
  }

  @AfterEach
  void closePaced() {
    paced.close();
  }

  private FetchRequest request(Did did, ServiceUrl host, Nsid... collections) {
    return FetchRequest.of(did, host, NO_KEY).withCollections(Set.of(collections));
  }

  private Way way(FetchRequest request) {
    FetchChoice choice = fetcher.choice(request);
    assertThat(choice.why()).isNotBlank();
    assertThat(choice.requests()).isPositive();
    return choice.way();
  }

  private static byte[] car(int records, int bytesEach) {
    Map<String, byte[]> blocks = new TreeMap<>();
    for (int i = 0; i < records; i++) {
      String json = "{\"n\":" + i + ",\"text\":\"" + "x".repeat(bytesEach) + "\"}";
      blocks.put(NOTE + "/k" + i, DagCbor.encodeJson(json.getBytes(UTF_8)));
    }
    return BuiltRepo.car(blocks);
  }

  private void export(byte[] car) throws InterruptedException {
    stub(GET_REPO, aResponse().withStatus(200).withBody(car));
    FetchRequest request = request(ALICE, pds);
    try (RepoReading reading =
        fetcher.open(request, new FetchChoice(Way.EXPORT, "", 1, Duration.ZERO))) {
      assertThat(readAll(reading).events).isNotEmpty();
    }
  }

  @Test
  void aRepoLikeMostIsReadWhole() {
    assertThat(way(request(ALICE, ELSEWHERE))).isEqualTo(Way.EXPORT);
    assertThat(way(request(ALICE, ELSEWHERE, NOTE))).isEqualTo(Way.EXPORT);
  }

  @Test
  void oneCollectionOfARepoThatIsKnownToBeHugeIsListed() throws Exception {
    export(car(8, 1 << 20));
    assertThat(way(request(ALICE, pds, NOTE))).isEqualTo(Way.LIST_RECORDS);
    assertThat(way(request(BOB, ELSEWHERE, NOTE))).as("of others").isEqualTo(Way.EXPORT);
  }

  @Test
  void aHostOfSmallReposIsReadWholeThoughAnotherHasHugeOnes() throws Exception {
    export(car(8, 1 << 20));
    assertThat(way(request(BOB, ELSEWHERE))).isEqualTo(Way.EXPORT);
    export(car(5, 100));
    assertThat(way(request(ALICE, pds, NOTE))).as("it is small now").isEqualTo(Way.EXPORT);
  }

  @Test
  void aHostThatDoesNotOfferWholeReposIsRemembered() throws Exception {
    stub(GET_REPO, error(501, "MethodNotImplemented", "no"));
    latestCommit(REV);
    describe(NOTE.value());
    records(NOTE, null, page(null, "a"));
    FetchRequest request = request(ALICE, pds);
    try (RepoReading reading = fetcher.open(request)) {
      assertThat(readAll(reading).uris()).containsExactly(uri(NOTE, "a"));
    }
    assertThat(fetcher.choice(request(BOB, pds)).why()).contains("does not offer");
    assertThat(way(request(BOB, pds))).isEqualTo(Way.LIST_RECORDS);
    assertThat(way(request(BOB, ELSEWHERE))).isEqualTo(Way.EXPORT);
  }

  @Test
  void aHostThatParkedItsWholeReposIsListed() throws Exception {
    long reset = Instant.now().getEpochSecond() + 600;
    stub(
        GET_REPO,
        error(429, "RateLimitExceeded", "slow down")
            .withHeader("RateLimit-Limit", "10")
            .withHeader("RateLimit-Remaining", "0")
            .withHeader("RateLimit-Reset", Long.toString(reset)));
    try (RepoReading reading = fetcher.open(request(ALICE, pds))) {
      assertThatThrownBy(reading::turn).isInstanceOf(XrpcException.class);
    }
    assertThat(way(request(BOB, pds, NOTE))).isEqualTo(Way.LIST_RECORDS);
    assertThat(way(request(BOB, ELSEWHERE, NOTE))).isEqualTo(Way.EXPORT);
  }

  @Test
  void whatWasBegunIsGoneOnWithInItsWay() {
    String listed = ListPosition.begin(ELSEWHERE, REV).text();
    String exported = new ExportPosition(REV, NOTE, RecordKey.parse("k")).text();
    assertThat(way(request(ALICE, ELSEWHERE).withPosition(listed))).isEqualTo(Way.LIST_RECORDS);
    assertThat(way(request(ALICE, pds).withPosition(listed)))
        .as("at another host it begins anew")
        .isEqualTo(Way.EXPORT);
    assertThat(way(request(ALICE, pds).withPosition(exported))).isEqualTo(Way.EXPORT);
    assertThat(fetcher.choice(request(ALICE, pds).withPosition(exported)).why()).contains("begun");
    assertThat(way(request(ALICE, pds).withPosition("junk"))).isEqualTo(Way.EXPORT);
    assertThat(way(request(ALICE, ELSEWHERE).withPosition(listed).withSnapshot()))
        .as("for all keys it begins anew")
        .isEqualTo(Way.EXPORT);
  }
}

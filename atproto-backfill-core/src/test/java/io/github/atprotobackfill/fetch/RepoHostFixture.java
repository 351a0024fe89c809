package io.github.atprotobackfill.fetch;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.sink.RecordEvent;
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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host of one repo, as scripted answers to each exchange, and readings of it. */
abstract class RepoHostFixture {

  /** More than any test needs: a reading that does not end is a failure, not a hang. */
  static final int MOST_TURNS = 50;

  static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  static final Nsid NOTE = Nsid.parse("com.example.note");
  static final Nsid POST = Nsid.parse("com.example.post");
  static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  static final Tid LATER = Tid.parse("3jzfcijpj2z2b");
  static final String CID = "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq";

  /** For readings that verify no signature. */
  static final AccountKey NO_KEY =
      afresh -> {
        throw new AssertionError("no key is needed");
      };

  @RegisterExtension
  static final WireMockExtension HOST =
      WireMockExtension.newInstance().options(options().dynamicPort()).build();

  XrpcClient client;
  ServiceUrl pds;

  @BeforeEach
  void open() {
    client =
        XrpcClient.builder()
            .allowPrivateHosts(true)
            .retry(RetryPolicy.NONE)
            .hostPolicy(host -> new HostPolicy(4, Double.POSITIVE_INFINITY, 1_000))
            .build();
    pds = new ServiceUrl("http", "localhost", HOST.getPort());
  }

  @AfterEach
  void close() {
    client.close();
  }

  // ---- how the host answers

  void latestCommit(Tid rev) {
    stub("com.atproto.sync.getLatestCommit", commit(rev));
  }

  static ResponseDefinitionBuilder commit(Tid rev) {
    return okJson("{\"cid\":\"" + CID + "\",\"rev\":\"" + rev + "\"}");
  }

  void describe(String... collections) {
    String names = Stream.of(collections).map(n -> '"' + n + '"').collect(Collectors.joining(","));
    stub(
        "com.atproto.repo.describeRepo",
        okJson("{\"did\":\"" + ALICE + "\",\"collections\":[" + names + "],\"didDoc\":{}}"));
  }

  void records(Nsid collection, @Nullable String cursor, ResponseDefinitionBuilder page) {
    HOST.stubFor(
        get(urlPathEqualTo("/xrpc/com.atproto.repo.listRecords"))
            .withQueryParam("collection", equalTo(collection.value()))
            .withQueryParam("cursor", cursor == null ? absent() : equalTo(cursor))
            .willReturn(page));
  }

  static ResponseDefinitionBuilder page(@Nullable String cursor, String... keys) {
    return pageOf(NOTE, cursor, keys);
  }

  static ResponseDefinitionBuilder pageOf(
      Nsid collection, @Nullable String cursor, String... keys) {
    String entries =
        Stream.of(keys).map(key -> entry(uri(collection, key))).collect(Collectors.joining(","));
    String next = cursor == null ? "" : ",\"cursor\":\"" + cursor + '"';
    return okJson("{\"records\":[" + entries + "]" + next + "}");
  }

  static String entry(String uri) {
    return "{\"uri\":\"" + uri + "\",\"cid\":\"" + CID + "\",\"value\":{\"text\":\"x\"}}";
  }

  static ResponseDefinitionBuilder notFound() {
    return error(400, "InvalidRequest", "Could not find repo: " + ALICE);
  }

  static ResponseDefinitionBuilder error(int status, String name, String message) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "application/json")
        .withBody("{\"error\":\"" + name + "\",\"message\":\"" + message + "\"}");
  }

  void stub(String method, ResponseDefinitionBuilder answer) {
    HOST.stubFor(get(urlPathEqualTo("/xrpc/" + method)).willReturn(answer));
  }

  /** Gives one answer after the other; the last one for good. */
  static void stubInTurn(String method, ResponseDefinitionBuilder... answers) {
    for (int i = 0; i < answers.length; i++) {
      HOST.stubFor(
          get(urlPathEqualTo("/xrpc/" + method))
              .inScenario(method)
              .whenScenarioStateIs(i == 0 ? Scenario.STARTED : "after " + i)
              .willSetStateTo("after " + Math.min(i + 1, answers.length - 1))
              .willReturn(answers[i]));
    }
  }

  // ---- reading

  RepoReading open(@Nullable Tid held, @Nullable String position, Nsid... collections) {
    return new ListRecordsFetcher(client)
        .open(
            FetchRequest.of(ALICE, pds, NO_KEY)
                .withCollections(Set.of(collections))
                .withHeld(new FetchRequest.Held(held, held, null))
                .withPosition(position));
  }

  static Read readAll(RepoReading reading) throws InterruptedException {
    Read read = new Read();
    while (read.end == null) {
      assertThat(read.positions.size()).as("turns").isLessThan(MOST_TURNS);
      read.note(reading.turn());
    }
    return read;
  }

  /** What a reading brought, and how many records it had brought at each position. */
  static final class Read {

    final List<RecordEvent> events = new ArrayList<>();
    final List<String> rejected = new ArrayList<>();
    final List<String> positions = new ArrayList<>();
    final List<Integer> recordsUpTo = new ArrayList<>();
    @Nullable FetchTurn end;

    void note(FetchTurn turn) {
      if (turn instanceof FetchTurn.Page page) {
        events.addAll(page.events());
        page.rejected().forEach(failure -> rejected.add(failure.message()));
        positions.add(page.position().get());
        recordsUpTo.add(events.size());
      } else {
        end = turn;
      }
    }

    @Nullable String lastPosition() {
      return positions.isEmpty() ? null : positions.get(positions.size() - 1);
    }

    List<String> uris() {
      return events.stream().map(event -> event.uri().toString()).toList();
    }
  }

  static String uri(Nsid collection, String key) {
    return "at://" + ALICE + "/" + collection + "/" + key;
  }

  static void assertUnavailable(RepoReading reading, RepoStatus expected) {
    assertThatThrownBy(reading::turn)
        .asInstanceOf(type(RepoUnavailableException.class))
        .extracting(RepoUnavailableException::status)
        .isEqualTo(expected);
  }

  void assertInvalid(RepoReading reading, String said) {
    assertThatThrownBy(reading::turn)
        .isInstanceOf(XrpcException.class)
        .hasMessageStartingWith(pds.authority() + " com.atproto.")
        .hasMessageContaining(said)
        .satisfies(
            e -> assertThat(((BackfillException) e).kind()).isEqualTo(ErrorKind.INVALID_RESPONSE));
  }
}

package io.github.atprotobackfill.fetch;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a reading: its turns, its positions, and going on. */
class ListRecordsFetcherTest extends RepoHostFixture {

  // ---- the turns of a reading

  @Test
  void readsCollectionsInOrderPageAfterPageToTheMissingCursor() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page("b", "a", "b"));
    records(NOTE, "b", page("c", "c"));
    records(NOTE, "c", page(null));
    records(POST, null, pageOf(POST, null, "self"));

    Read read = readAll(open(null, null, POST, NOTE));

    assertThat(read.uris())
        .containsExactly(uri(NOTE, "a"), uri(NOTE, "b"), uri(NOTE, "c"), uri(POST, "self"));
    assertThat(read.end).isEqualTo(new FetchTurn.Finished(REV, false, Optional.empty()));
    assertThat(read.events).allSatisfy(event -> assertThat(event.rev()).isEqualTo(REV));
    assertThat(HOST.getAllServeEvents()).hasSize(6);
    HOST.verify(
        3,
        getRequestedFor(urlPathEqualTo("/xrpc/com.atproto.repo.listRecords"))
            .withQueryParam("repo", equalTo(ALICE.value()))
            .withQueryParam("collection", equalTo(NOTE.value()))
            .withQueryParam("limit", equalTo("100"))
            .withQueryParam("reverse", equalTo("true")));
  }

  @Test
  void everyRecordSaysOfWhichCommitItIsPart() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page(null, "a", "b"));

    Read read = readAll(open(null, null, NOTE));

    assertThat(read.events)
        .hasSize(2)
        .allSatisfy(event -> assertThat(((RecordPut) event).commit()).hasToString(CID));
  }

  @Test
  void makesOneExchangeATurn() throws Exception {
    latestCommit(REV);
    describe("com.example.note", "com.example.post");
    records(NOTE, null, page("a", "a"));
    records(NOTE, "a", page(null));
    records(POST, null, pageOf(POST, null, "a"));
    RepoReading reading = open(null, null);
    int turns = 0;
    FetchTurn turn;
    do {
      turn = reading.turn();
      turns++;
      assertThat(HOST.getAllServeEvents()).hasSize(turns);
    } while (turn instanceof FetchTurn.Page);
    assertThat(turns).isEqualTo(6);
    assertThatThrownBy(reading::turn).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void goesOnAfterAnEmptyPageWithCursor() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page("x"));
    records(NOTE, "x", page("a", "a"));
    records(NOTE, "a", page("y"));
    records(NOTE, "y", page("", "b"));
    assertThat(readAll(open(null, null, NOTE)).uris())
        .containsExactly(uri(NOTE, "a"), uri(NOTE, "b"));
  }

  @Test
  void passesCursorsOnUnchanged() throws Exception {
    String cursor = "a+b/c=d::e%20&f g\u00e9";
    latestCommit(REV);
    records(NOTE, null, page(cursor, "a"));
    records(NOTE, cursor, page(null, "b"));
    assertThat(readAll(open(null, null, NOTE)).uris()).hasSize(2);
  }

  @Test
  void asksForTheCollectionsWhereAllAreWanted() throws Exception {
    latestCommit(REV);
    describe("com.example.post", "com.example.note", "com.example.note", "not an nsid");
    records(NOTE, null, page(null, "a"));
    records(POST, null, pageOf(POST, null, "b"));
    Read read = readAll(open(null, null));
    assertThat(read.uris()).containsExactly(uri(NOTE, "a"), uri(POST, "b"));
    assertThat(read.rejected).singleElement().asString().contains("1 collections", "describeRepo");
  }

  @Test
  void readsARepoWithoutCollections() throws Exception {
    latestCommit(REV);
    describe();
    Read read = readAll(open(null, null));
    assertThat(read.events).isEmpty();
    assertThat(read.end).isEqualTo(new FetchTurn.Finished(REV, false, Optional.empty()));
  }

  @Test
  void endsAtOnceWhenTheHeldRevStillStands() throws Exception {
    latestCommit(REV);
    assertThat(open(REV, null, NOTE).turn()).isEqualTo(new FetchTurn.Unchanged(REV));
    assertThat(HOST.getAllServeEvents()).hasSize(1);
  }

  @Test
  void readsAgainWhenAnotherRevIsHeld() throws Exception {
    latestCommit(LATER);
    records(NOTE, null, page(null, "a"));
    assertThat(readAll(open(REV, null, NOTE)).uris()).containsExactly(uri(NOTE, "a"));
  }

  @Test
  void doesNotReadARepoThatIsOlderThanWhatIsHeld() {
    latestCommit(REV);
    RepoReading reading = open(LATER, null, NOTE);
    assertThatThrownBy(reading::turn)
        .isInstanceOf(RepoRefusedException.class)
        .hasMessageContaining(pds.authority())
        .extracting(e -> ((RepoRefusedException) e).kind())
        .isEqualTo(ErrorKind.STALE_REPO);
  }

  @Test
  void saysWhenTheRepoWasWrittenToMeanwhile() throws Exception {
    stubInTurn("com.atproto.sync.getLatestCommit", commit(REV), commit(LATER));
    records(NOTE, null, page(null, "a"));
    Read read = readAll(open(null, null, NOTE));
    assertThat(read.end).isEqualTo(new FetchTurn.Finished(REV, true, Optional.empty()));
    assertThat(read.events.get(0).rev()).isEqualTo(REV);
  }

  @Test
  void leavesOutBadRecordsAndNamesThem() throws Exception {
    latestCommit(REV);
    String other = "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/com.example.note/b";
    records(
        NOTE, null, okJson("{\"records\":[" + entry(uri(NOTE, "a")) + "," + entry(other) + "]}"));
    Read read = readAll(open(null, null, NOTE));
    assertThat(read.uris()).containsExactly(uri(NOTE, "a"));
    assertThat(read.rejected).singleElement().asString().contains(other, pds.authority());
  }

  // ---- going on

  @Test
  void goesOnFromEveryPositionWithoutReadingAnythingAgain() throws Exception {
    latestCommit(REV);
    describe("com.example.note", "com.example.post");
    records(NOTE, null, page("b", "a", "b"));
    records(NOTE, "b", page("x"));
    records(NOTE, "x", page("c", "c"));
    records(NOTE, "c", page(null));
    records(POST, null, pageOf(POST, "a", "a"));
    records(POST, "a", page(null));
    for (Nsid[] wanted : List.of(new Nsid[] {NOTE, POST}, new Nsid[0])) {
      Read whole = readAll(open(null, null, wanted));
      for (int stop = 0; stop < whole.positions.size(); stop++) {
        Read rest = readAll(open(null, whole.positions.get(stop), wanted));
        List<String> before = whole.uris().subList(0, whole.recordsUpTo.get(stop));
        assertThat(Stream.concat(before.stream(), rest.uris().stream()).toList())
            .isEqualTo(whole.uris());
        assertThat(rest.end).isEqualTo(whole.end);
      }
    }
  }

  @Test
  void getsOnThoughItIsStoppedAfterEveryTurn() throws Exception {
    latestCommit(REV);
    describe("com.example.note", "com.example.post");
    records(NOTE, null, page("a", "a"));
    records(NOTE, "a", page(null, "b"));
    records(POST, null, pageOf(POST, null, "c"));
    Read read = new Read();
    for (int turns = 0; read.end == null; turns++) {
      assertThat(turns).isLessThan(8);
      read.note(open(null, read.lastPosition()).turn());
    }
    assertThat(read.uris()).containsExactly(uri(NOTE, "a"), uri(NOTE, "b"), uri(POST, "c"));
  }

  @Test
  void asksNothingButTheRevWhenAllWasRead() throws Exception {
    latestCommit(REV);
    describe("com.example.note");
    records(NOTE, null, page(null, "a"));
    Read whole = readAll(open(null, null));
    HOST.resetRequests();
    assertThat(readAll(open(null, whole.lastPosition())).end)
        .isEqualTo(new FetchTurn.Finished(REV, false, Optional.empty()));
    assertThat(HOST.getAllServeEvents()).hasSize(1);
  }

  @Test
  void keepsTheRevOfTheBeginningWhenItGoesOn() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page("a", "a"));
    records(NOTE, "a", page(null, "b"));
    String position = readAll(open(null, null, NOTE)).positions.get(1);
    latestCommit(LATER);
    Read rest = readAll(open(LATER, position, NOTE));
    assertThat(rest.uris()).containsExactly(uri(NOTE, "b"));
    assertThat(rest.end).isEqualTo(new FetchTurn.Finished(REV, true, Optional.empty()));
  }

  @Test
  void leavesOutACollectionThatIsGoneWhenItGoesOn() throws Exception {
    latestCommit(REV);
    describe("com.example.note", "com.example.post");
    records(NOTE, null, page("a", "a"));
    records(NOTE, "a", page(null));
    records(POST, null, pageOf(POST, null, "b"));
    String position = readAll(open(null, null)).positions.get(2);
    describe("com.example.post");
    assertThat(readAll(open(null, position)).uris()).containsExactly(uri(POST, "b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "{}",
        "[]",
        "{\"v\":0,\"pds\":\"PDS\",\"rev\":\"3jzfcijpj2z2a\",\"at\":\"BEHIND\"}",
        "{\"v\":1,\"rev\":\"3jzfcijpj2z2a\",\"at\":\"BEHIND\"}",
        "{\"v\":1,\"pds\":\"PDS\",\"rev\":\"3jzfcijpj2z2a\"}",
        "{\"v\":1,\"pds\":\"PDS\",\"rev\":\"3jzfcijpj2z2a\",\"at\":\"BETWEEN\"}",
        "{\"v\":1,\"pds\":\"PDS\",\"rev\":\"3jzfcijpj2z2a\",\"at\":\"WITHIN\"}",
        "{\"v\":1,\"pds\":\"PDS\",\"rev\":\"3jzfcijpj2z2a\",\"at\":\"elsewhere\"}",
        "{\"v\":1,\"pds\":\"PDS\",\"rev\":\"?\",\"at\":\"BEHIND\"}",
        "{\"v\":1,\"pds\":\"PDS\",\"rev\":\"3jzfcijpj2z2a\",\"at\":\"WITHIN\",\"collection\":\"?\"}",
        "{\"v\":1,\"pds\":\"PDS\",\"rev\":\"3jzfcijpj2z2a\",\"at\":\"WITHIN\",\"collection\":\"com.example.post\"}",
        "{\"v\":1,\"pds\":\"https://elsewhere.example\",\"rev\":\"3jzfcijpj2z2a\",\"at\":\"BEHIND\"}"
      })
  void startsOverAtAPositionOfNoUse(String position) throws Exception {
    latestCommit(REV);
    records(NOTE, null, page(null, "a"));
    Read read = readAll(open(null, position.replace("PDS", pds.toString()), NOTE));
    assertThat(read.uris()).containsExactly(uri(NOTE, "a"));
    assertThat(HOST.getAllServeEvents()).hasSize(3);
  }

  @Test
  void takesAFailedTurnAgain() throws Exception {
    stubInTurn(
        "com.atproto.sync.getLatestCommit",
        aResponse().withStatus(503),
        commit(REV),
        okJson("<html>"),
        commit(REV));
    stubInTurn(
        "com.atproto.repo.describeRepo",
        error(500, "InternalServerError", "Internal Server Error"),
        okJson("{\"did\":\"" + ALICE + "\",\"collections\":[\"com.example.note\"]}"));
    stubInTurn(
        "com.atproto.repo.listRecords",
        okJson("{\"records\":[" + entry(uri(NOTE, "a"))),
        page("a", "a"),
        aResponse().withStatus(502).withBody("<html>Bad Gateway</html>"),
        page(null, "b"));
    RepoReading reading = open(null, null);
    List<ErrorKind> failures = new ArrayList<>();
    Read read = new Read();
    for (int turns = 0; read.end == null && turns < MOST_TURNS; turns++) {
      try {
        read.note(reading.turn());
      } catch (XrpcException e) {
        failures.add(e.kind());
      }
    }
    assertThat(read.uris()).containsExactly(uri(NOTE, "a"), uri(NOTE, "b"));
    assertThat(failures)
        .containsExactly(
            ErrorKind.SERVER_ERROR,
            ErrorKind.SERVER_ERROR,
            ErrorKind.INVALID_RESPONSE,
            ErrorKind.SERVER_ERROR,
            ErrorKind.INVALID_RESPONSE);
  }
}

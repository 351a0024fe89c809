package io.github.atprotobackfill.fetch;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.xrpc.XrpcException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that refuse, contradict themselves, or answer nonsense. */
class ListRecordsTroubleTest extends RepoHostFixture {

  // ---- accounts that are not there

  @ParameterizedTest
  @CsvSource({
    "400, RepoNotFound, GONE",
    "400, RepoTakendown, TAKENDOWN",
    "400, RepoSuspended, SUSPENDED",
    "400, RepoDeactivated, DEACTIVATED",
    "404, RepoNotFound, GONE",
    "403, RepoDeleted, GONE",
    "403, RepoTakendown, TAKENDOWN"
  })
  void saysWhatTheHostSaysOfTheAccount(int status, String error, RepoStatus expected) {
    stub("com.atproto.sync.getLatestCommit", error(status, error, "Repo: " + ALICE));
    assertUnavailable(open(null, null, NOTE), expected);
  }

  @ParameterizedTest
  @CsvSource({
    "takendown, TAKENDOWN",
    "suspended, SUSPENDED",
    "deactivated, DEACTIVATED",
    "deleted, GONE",
    "hibernating, DEACTIVATED"
  })
  void asksWhyARepoIsNoLongerFound(String word, RepoStatus expected) throws Exception {
    latestCommit(REV);
    stub("com.atproto.repo.listRecords", notFound());
    stub(
        "com.atproto.sync.getRepoStatus",
        okJson("{\"did\":\"" + ALICE + "\",\"active\":false,\"status\":\"" + word + "\"}"));
    RepoReading reading = open(null, null, NOTE);
    FetchTurn.Page begun = (FetchTurn.Page) reading.turn();
    FetchTurn.Page refused = (FetchTurn.Page) reading.turn();
    assertThat(refused.events()).isEmpty();
    assertThat(refused.position().get()).isEqualTo(begun.position().get());
    assertUnavailable(reading, expected);
    assertThat(HOST.getAllServeEvents()).hasSize(3);
  }

  @Test
  void takesARepoThatNobodyKnowsForGone() throws Exception {
    latestCommit(REV);
    stub("com.atproto.repo.describeRepo", notFound());
    stub("com.atproto.sync.getRepoStatus", error(400, "RepoNotFound", "Could not find repo"));
    RepoReading reading = open(null, null);
    reading.turn();
    reading.turn();
    assertUnavailable(reading, RepoStatus.GONE);
  }

  @Test
  void asksForTheStatusAgainWhenThatFailed() throws Exception {
    latestCommit(REV);
    stub("com.atproto.repo.listRecords", notFound());
    stubInTurn(
        "com.atproto.sync.getRepoStatus",
        aResponse().withStatus(500),
        okJson("{\"active\":false,\"status\":\"takendown\"}"));
    RepoReading reading = open(null, null, NOTE);
    reading.turn();
    reading.turn();
    assertThatThrownBy(reading::turn).isInstanceOf(XrpcException.class);
    assertUnavailable(reading, RepoStatus.TAKENDOWN);
  }

  @Test
  void believesNeitherWhenAHostContradictsItself() throws Exception {
    latestCommit(REV);
    stubInTurn("com.atproto.repo.listRecords", notFound(), page(null, "a"));
    stub("com.atproto.sync.getRepoStatus", okJson("{\"active\":true}"));
    RepoReading reading = open(null, null, NOTE);
    reading.turn();
    reading.turn();
    assertInvalid(reading, "is active, yet");
    FetchTurn.Page again = (FetchTurn.Page) reading.turn();
    assertThat(again.events()).hasSize(1);
  }

  @Test
  void passesOtherRefusalsOn() throws Exception {
    latestCommit(REV);
    stub(
        "com.atproto.repo.describeRepo",
        error(400, "InvalidRequest", "Could not resolve DID: " + ALICE));
    RepoReading reading = open(null, null);
    reading.turn();
    assertThatThrownBy(reading::turn)
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("Could not resolve DID")
        .extracting(e -> ((XrpcException) e).kind())
        .isEqualTo(ErrorKind.REFUSED);
  }

  // ---- bad input

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html><body>Welcome</body></html>",
        "[]",
        "{}",
        "{\"cid\":\"x\"}",
        "{\"rev\":null}",
        "{\"rev\":17}",
        "{\"rev\":\"not-a-tid\"}",
        "{\"rev\":\"3jzfcijpj2z2a\"",
        "{\"rev\":\"3jzfcijpj2z2a\"} x"
      })
  void refusesALatestCommitThatIsNone(String body) {
    stub("com.atproto.sync.getLatestCommit", okJson(body));
    assertInvalid(open(null, null, NOTE), "com.atproto.sync.getLatestCommit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"collections\":[]}",
        "{\"did\":\"did:plc:aaaaaaaaaaaaaaaaaaaaaaaa\",\"collections\":[]}",
        "{\"did\":\"ALICE\"}",
        "{\"did\":\"ALICE\",\"collections\":null}",
        "{\"did\":\"ALICE\",\"collections\":\"com.example.note\"}"
      })
  void refusesADescriptionOfAnotherRepoOrOfNone(String body) throws Exception {
    latestCommit(REV);
    stub("com.atproto.repo.describeRepo", okJson(body.replace("ALICE", ALICE.value())));
    RepoReading reading = open(null, null);
    reading.turn();
    assertInvalid(reading, "com.atproto.repo.describeRepo");
  }

  @Test
  void refusesAnAnswerOfAbsurdSize() throws Exception {
    String filler = "x".repeat(HostRepo.MAX_ANSWER_BYTES);
    stub(
        "com.atproto.sync.getLatestCommit",
        okJson("{\"rev\":\"" + REV + "\",\"x\":\"" + filler + "\"}"));
    assertInvalid(open(null, null, NOTE), "bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html></html>", "{}", "{\"records\":null}", "{\"records\":[", "[]", "x"})
  void refusesAPageThatIsNone(String body) throws Exception {
    latestCommit(REV);
    records(NOTE, null, okJson(body));
    RepoReading reading = open(null, null, NOTE);
    reading.turn();
    assertInvalid(reading, "com.atproto.repo.listRecords");
  }

  @Test
  void cannotDateTheRecordsOfAHostWithoutLatestCommit() {
    stub("com.atproto.sync.getLatestCommit", aResponse().withStatus(404).withBody("Cannot GET"));
    assertInvalid(open(null, null, NOTE), "not offered");
    stub(
        "com.atproto.sync.getLatestCommit",
        error(400, "InvalidRequest", "No service configured for com.atproto.sync.getLatestCommit"));
    assertInvalid(open(null, null, NOTE), "not offered");
    stub("com.atproto.sync.getLatestCommit", error(501, "MethodNotImplemented", "no"));
    assertInvalid(open(null, null, NOTE), "not offered");
  }

  @Test
  void stopsAtACursorThatLeadsBackToItself() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page("a", "a"));
    records(NOTE, "a", page("a", "b"));
    RepoReading reading = open(null, null, NOTE);
    reading.turn();
    reading.turn();
    assertInvalid(reading, "leads back to itself");
  }

  @Test
  void stopsAtALoopOfSeveralPages() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page("1", "a", "b"));
    records(NOTE, "1", page("2", "c", "d"));
    records(NOTE, "2", page("3", "e"));
    records(NOTE, "3", page("1", "a", "b"));
    RepoReading reading = open(null, null, NOTE);
    for (int i = 0; i < 4; i++) {
      reading.turn();
    }
    assertInvalid(reading, "the page after key e");
  }

  @Test
  void seesALoopThroughARestart() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page("1", "c"));
    records(NOTE, "1", page("2", "b"));
    RepoReading reading = open(null, null, NOTE);
    reading.turn();
    String position = ((FetchTurn.Page) reading.turn()).position().get();
    assertInvalid(open(null, position, NOTE), "the page after key c");
  }

  @Test
  void takesALastPageThatGoesBack() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page("1", "c"));
    records(NOTE, "1", page(null, "b"));
    assertThat(readAll(open(null, null, NOTE)).uris())
        .containsExactly(uri(NOTE, "c"), uri(NOTE, "b"));
  }

  @Test
  void stopsAtEmptyPagesWithoutEnd() throws Exception {
    latestCommit(REV);
    records(NOTE, null, page("a", "a"));
    records(NOTE, "a", page("0"));
    for (int i = 0; i <= ListRecordsReading.MAX_EMPTY_PAGES; i++) {
      records(NOTE, "" + i, page("" + (i + 1)));
    }
    RepoReading reading = open(null, null, NOTE);
    for (int i = 0; i < ListRecordsReading.MAX_EMPTY_PAGES + 2; i++) {
      reading.turn();
    }
    assertInvalid(reading, "11 pages in a row");
  }
}

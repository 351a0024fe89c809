package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.atprotobackfill.syntax.AtUri;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a personal data server answers; the expected texts are the reference implementation's. */
class HostEndpointsTest {

  private static final String LIST_RECORDS = "com.atproto.repo.listRecords";
  private static final String NOTE = "com.example.note";
  private static final String STRANGER = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

  private static SimulatedNetwork network;
  private static SimulatedAccount account;
  private static SimulatedHost host;
  private final Http http = new Http();

  @BeforeAll
  static void start() {
    network =
        SimulatedNetwork.builder()
            .seed(7)
            .hosts(2)
            .accounts(4)
            .accountsOfEveryStatus(1)
            .repoSizes(RepoSizes.fixed(225))
            .collection(NOTE, 1)
            .start();
    account = network.account(0);
    host = account.host();
  }

  @AfterAll
  static void stop() {
    network.close();
  }

  @Test
  void listRecordsPagesInBothOrdersWithACursorOnEveryPageButTheEmptyOne() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page =
          http.xrpc(
                  host,
                  LIST_RECORDS,
                  "repo",
                  account.did(),
                  "collection",
                  NOTE,
                  "limit",
                  100,
                  "cursor",
                  cursor)
              .json();
      sizes.add(page.path("records").size());
      cursor = page.path("cursor").asText("");
    } while (!cursor.isEmpty());
    assertThat(sizes).containsExactly(100, 100, 25, 0);

    List<String> descending = uris(false);
    List<String> ascending = uris(true);
    assertThat(ascending).hasSize(225).isSorted().doesNotHaveDuplicates();
    Collections.reverse(descending);
    assertThat(descending).isEqualTo(ascending);
  }

  private List<String> uris(boolean ascending) throws Exception {
    List<String> uris = new ArrayList<>();
    http.list(
            host,
            LIST_RECORDS,
            "records",
            "repo",
            account.did(),
            "collection",
            NOTE,
            "reverse",
            ascending)
        .forEach(record -> uris.add(record.path("uri").asText()));
    return uris;
  }

  @Test
  void aPageLooksLikeTheReferenceHosts() throws Exception {
    Http.Reply reply =
        http.xrpc(host, LIST_RECORDS, "repo", account.did(), "collection", NOTE, "limit", 1);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/json; charset=utf-8");
    JsonNode page = reply.json();
    assertThat(page.fieldNames()).toIterable().containsExactly("records", "cursor");
    JsonNode record = page.path("records").path(0);
    assertThat(record.fieldNames()).toIterable().containsExactly("uri", "cid", "value");
    AtUri uri = AtUri.parse(record.path("uri").asText());
    assertThat(uri.did()).isEqualTo(account.did());
    assertThat(page.path("cursor").asText()).isEqualTo(uri.rkey().value());
    assertThat(record.path("value").fieldNames())
        .toIterable()
        .containsExactly("n", "tags", "text", "$type", "createdAt");
    assertThat(record.path("value").path("$type").asText()).isEqualTo(NOTE);
  }

  @Test
  void theCidOfEveryRecordIsTrue() throws Exception {
    for (JsonNode record :
        http.list(host, LIST_RECORDS, "records", "repo", account.did(), "collection", NOTE)) {
      StoredRecord parsed = RecordData.parse("x", record.path("value").toString());
      assertThat(record.path("cid").asText()).isEqualTo(parsed.cid());
    }
  }

  @Test
  void aCursorNeverGivenOutIsABound() throws Exception {
    assertThat(page("cursor", "~").path("records")).hasSize(50);
    assertThat(page("cursor", "!").toString()).isEqualTo("{\"records\":[]}");
  }

  private JsonNode page(String name, String value) throws Exception {
    return http.xrpc(host, LIST_RECORDS, "repo", account.did(), "collection", NOTE, name, value)
        .json();
  }

  @Test
  void listRecordsTakesAHandle() throws Exception {
    Http.Reply reply = http.xrpc(host, LIST_RECORDS, "repo", account.handle(), "collection", NOTE);
    assertThat(reply.json().path("records")).hasSize(50);
  }

  @Test
  void badParametersAreRefusedInTheReferencesWords() throws Exception {
    String start = "Invalid com.atproto.repo.listRecords params: ";
    assertThat(refusal("limit", "101")).isEqualTo(start + "integer too big (maximum 100, got 101)");
    assertThat(refusal("limit", "0")).isEqualTo(start + "integer too small (minimum 1, got 0)");
    assertThat(refusal("limit", "abc"))
        .isEqualTo(start + "Expected integer value type (got \"abc\")");
    assertThat(refusal("reverse", "1"))
        .isEqualTo(start + "Expected boolean value type (got \"1\")");
    assertThat(http.xrpc(host, LIST_RECORDS, "repo", account.did()).body())
        .contains("Missing required key \\\"collection\\\"");
    assertThat(http.xrpc(host, LIST_RECORDS, "repo", "nope", "collection", NOTE).body())
        .contains("Invalid AT identifier (got \\\"nope\\\")");
    assertThat(http.xrpc(host, LIST_RECORDS, "repo", account.did(), "collection", "nope").body())
        .contains("Invalid NSID (got \\\"nope\\\")");
  }

  private String refusal(String name, String value) throws Exception {
    JsonNode body = page(name, value);
    assertThat(body.path("error").asText()).isEqualTo("InvalidRequest");
    return body.path("message").asText();
  }

  @Test
  void anUnknownRepoIsA400WithTheReferencesNames() throws Exception {
    assertThat(http.xrpc(host, LIST_RECORDS, "repo", STRANGER, "collection", NOTE))
        .extracting(Http.Reply::status, Http.Reply::body)
        .containsExactly(
            400,
            "{\"error\":\"InvalidRequest\",\"message\":\"Could not find repo: " + STRANGER + "\"}");
    for (String method :
        List.of("com.atproto.sync.getLatestCommit", "com.atproto.sync.getRepoStatus")) {
      assertThat(http.xrpc(host, method, "did", STRANGER))
          .extracting(Http.Reply::status, Http.Reply::body)
          .containsExactly(
              400,
              "{\"error\":\"RepoNotFound\",\"message\":\"Could not find repo for DID: "
                  + STRANGER
                  + "\"}");
    }
  }

  @Test
  void listReposEndsWithAnEmptyPageAndTellsOfInactiveAccounts() throws Exception {
    List<String> statuses = new ArrayList<>();
    for (SimulatedHost pds : network.hosts()) {
      List<JsonNode> rows = http.list(pds, "com.atproto.sync.listRepos", "repos", "limit", 3);
      assertThat(rows).extracting(row -> row.path("did").asText()).doesNotHaveDuplicates();
      for (JsonNode row : rows) {
        assertThat(row.path("active").asBoolean()).isEqualTo(!row.has("status"));
        if (row.has("status")) {
          statuses.add(row.path("status").asText());
        }
      }
    }
    assertThat(statuses)
        .containsExactlyInAnyOrder("deactivated", "deactivated", "takendown", "suspended");
    assertThat(http.xrpc(host, "com.atproto.sync.listRepos", "cursor", "abc").body())
        .isEqualTo("{\"error\":\"InvalidRequest\",\"message\":\"Malformed cursor\"}");
  }

  @Test
  void listReposTellsTheRevThatGetLatestCommitTells() throws Exception {
    JsonNode row =
        http.xrpc(host, "com.atproto.sync.listRepos", "limit", 1).json().path("repos").path(0);
    JsonNode commit =
        http.xrpc(host, "com.atproto.sync.getLatestCommit", "did", row.path("did").asText()).json();
    assertThat(commit.path("rev")).isEqualTo(row.path("rev"));
    assertThat(commit.path("cid")).isEqualTo(row.path("head"));
  }

  @Test
  void describeRepoTellsDocumentAndCollections() throws Exception {
    JsonNode repo = http.xrpc(host, "com.atproto.repo.describeRepo", "repo", account.did()).json();
    assertThat(repo.path("collections").toString()).isEqualTo("[\"" + NOTE + "\"]");
    assertThat(repo.path("didDoc").path("id").asText()).isEqualTo(account.did().value());
    assertThat(repo.path("handle").asText()).isEqualTo(account.handle().value());
  }

  @Test
  void getRecordGivesOneRecordOrSaysThatThereIsNone() throws Exception {
    String rkey = uris(true).get(3).replaceAll(".*/", "");
    JsonNode record =
        http.xrpc(
                host,
                "com.atproto.repo.getRecord",
                "repo",
                account.did(),
                "collection",
                NOTE,
                "rkey",
                rkey)
            .json();
    assertThat(record.path("uri").asText()).endsWith(rkey);
    Http.Reply missing =
        http.xrpc(
            host,
            "com.atproto.repo.getRecord",
            "repo",
            account.did(),
            "collection",
            NOTE,
            "rkey",
            "nope");
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.json().path("error").asText()).isEqualTo("RecordNotFound");
  }

  @Test
  void otherMethodsAndPathsAreRefused() throws Exception {
    assertThat(http.xrpc(host, "com.atproto.sync.listReposByCollection"))
        .extracting(Http.Reply::status, Http.Reply::body)
        .containsExactly(
            400,
            "{\"error\":\"InvalidRequest\",\"message\":"
                + "\"No service configured for com.atproto.sync.listReposByCollection\"}");
    assertThat(http.get(host, "/foo").status()).isEqualTo(404);
    assertThat(http.xrpc(host, "_health").json().has("version")).isTrue();
    assertThat(http.xrpc(host, "com.atproto.server.describeServer").json().path("did").asText())
        .isEqualTo("did:web:localhost%3A" + host.url().port());
  }
}

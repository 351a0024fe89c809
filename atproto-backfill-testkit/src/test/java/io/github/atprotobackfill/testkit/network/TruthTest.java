package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the network says of itself is what a client finds, before and after changes. */
class TruthTest {

  private static final String NOTE = "com.example.note";

  private SimulatedNetwork network;
  private final Http http = new Http();

  @BeforeEach
  void start() {
    network =
        SimulatedNetwork.builder()
            .seed(3)
            .hosts(3)
            .accounts(10)
            .accountsOfEveryStatus(2)
            .repoSizes(RepoSizes.uniform(0, 300))
            .start();
  }

  @AfterEach
  void stop() {
    network.close();
  }

  @Test
  void everyExpectedRecordIsFoundByFollowingDidDocumentsAndNoOther() throws Exception {
    List<String> expected =
        network.expectedRecords().map(r -> r.uri() + " " + r.cid()).sorted().toList();
    List<String> found = new ArrayList<>();
    for (SimulatedAccount account : network.accounts().toList()) {
      found.addAll(readByDocument(account.did()));
    }
    found.sort(null);
    assertThat(expected).isNotEmpty().doesNotHaveDuplicates();
    assertThat(found).isEqualTo(expected);
  }

  /** Reads a repo as a client must: the document, its host, describeRepo, listRecords. */
  private List<String> readByDocument(Did did) throws Exception {
    List<String> found = new ArrayList<>();
    SimulatedHost documents =
        did.value().startsWith("did:web:")
            ? byUrl("http://localhost:" + did.value().replaceAll(".*%3A", ""))
            : network.directory();
    String path = did.value().startsWith("did:web:") ? "/.well-known/did.json" : "/" + did;
    Http.Reply document = http.get(documents, path);
    if (document.status() != 200 || document.json().path("service").isEmpty()) {
      return found;
    }
    SimulatedHost host =
        byUrl(document.json().path("service").path(0).path("serviceEndpoint").asText());
    JsonNode repo = http.xrpc(host, "com.atproto.repo.describeRepo", "repo", did).json();
    for (JsonNode collection : repo.path("collections")) {
      http.list(
              host,
              "com.atproto.repo.listRecords",
              "records",
              "repo",
              did,
              "collection",
              collection.asText(),
              "limit",
              100)
          .forEach(r -> found.add(r.path("uri").asText() + " " + r.path("cid").asText()));
    }
    return found;
  }

  private SimulatedHost byUrl(String url) {
    List<SimulatedHost> all = new ArrayList<>(network.hosts());
    all.addAll(network.webHosts());
    return all.stream().filter(host -> host.url().toString().equals(url)).findAny().orElseThrow();
  }

  @Test
  void theDifferentStatusesAreAnsweredAsTheReferenceHostDoes() throws Exception {
    assertThat(latestCommit(AccountStatus.DEACTIVATED))
        .contains("RepoDeactivated", "Repo has been deactivated: did:");
    assertThat(latestCommit(AccountStatus.TAKENDOWN))
        .contains("RepoTakendown", "Repo has been takendown: did:");
    assertThat(latestCommit(AccountStatus.SUSPENDED)).contains("RepoSuspended");
    assertThat(latestCommit(AccountStatus.DELETED))
        .contains("RepoNotFound", "Could not find repo for DID: did:");
    assertThat(latestCommit(AccountStatus.TOMBSTONED)).contains("\"rev\"");
    assertThat(latestCommit(AccountStatus.MISDIRECTED)).contains("\"rev\"");
    assertThat(latestCommit(AccountStatus.MIGRATED)).contains("\"rev\"");
    for (SimulatedAccount moved : network.accounts(AccountStatus.MIGRATED).toList()) {
      List<String> elsewhere = new ArrayList<>();
      for (SimulatedHost host : network.hosts()) {
        if (!host.equals(moved.host())) {
          elsewhere.add(
              http.xrpc(host, "com.atproto.sync.getRepoStatus", "did", moved.did()).body());
        }
      }
      assertThat(elsewhere)
          .anyMatch(body -> body.contains("\"status\":\"deactivated\""))
          .anyMatch(body -> body.contains("RepoNotFound"));
    }
  }

  private String latestCommit(AccountStatus status) throws Exception {
    SimulatedAccount account = network.accounts(status).findFirst().orElseThrow();
    return http.xrpc(account.host(), "com.atproto.sync.getLatestCommit", "did", account.did())
        .body();
  }

  @Test
  void aRecordPutIsFoundInItsPlaceAndMovesTheRevOn() throws Exception {
    SimulatedAccount account = withNotes();
    AtUri uri = AtUri.parse("at://" + account.did() + "/" + NOTE + "/0-first");
    Cid cid = network.put(uri, "{\"text\":\"hällo\",\"$type\":\"" + NOTE + "\",\"n\":1}");
    assertThat(network.account(account.did()).rev()).isGreaterThan(account.rev());
    JsonNode first = page(account, "true").path("records").path(0);
    assertThat(first.toString())
        .isEqualTo(
            "{\"uri\":\""
                + uri
                + "\",\"cid\":\""
                + cid
                + "\",\"value\":{\"n\":1,\"text\":\"hällo\",\"$type\":\"com.example.note\"}}");
    assertThat(network.expectedRecords(account.did(), NOTE)).contains(new ExpectedRecord(uri, cid));
  }

  @Test
  void aGeneratedRecordMayBeReplacedAndDeleted() throws Exception {
    SimulatedAccount account = withNotes();
    List<AtUri> before = notes(account);
    AtUri second = before.get(1);
    network.put(second, "{\"text\":\"other\"}");
    assertThat(notes(account)).isEqualTo(before);
    assertThat(page(account, "true").path("records").path(1).path("value").toString())
        .isEqualTo("{\"text\":\"other\"}");

    Tid rev = network.account(account.did()).rev();
    assertThat(network.delete(second)).isTrue();
    assertThat(network.delete(second)).isFalse();
    assertThat(network.account(account.did()).rev()).isGreaterThan(rev);
    assertThat(notes(account)).hasSize(before.size() - 1).doesNotContain(second);
    assertThat(page(account, "").toString()).doesNotContain(second.toString());
  }

  @Test
  void aNewCollectionIsSeenByTheRelayLast() throws Exception {
    SimulatedAccount account = network.account(4);
    network.put(AtUri.parse("at://" + account.did() + "/com.example.fresh/self"), "{}");
    assertThat(
            http.xrpc(
                    network.relay(),
                    "com.atproto.sync.listReposByCollection",
                    "collection",
                    "com.example.fresh")
                .body())
        .isEqualTo("{\"repos\":[{\"did\":\"" + account.did() + "\"}]}");
    assertThat(
            http.xrpc(account.host(), "com.atproto.repo.describeRepo", "repo", account.did())
                .json()
                .path("collections")
                .toString())
        .contains("com.example.fresh");
  }

  @Test
  void anAccountMayMoveDuringTheRun() throws Exception {
    SimulatedAccount account = withNotes();
    SimulatedHost to =
        network.hosts().stream().filter(h -> !h.equals(account.host())).findFirst().orElseThrow();
    List<String> before = readByDocument(account.did());
    network.migrate(account.did(), to);
    assertThat(network.account(account.did()).host()).isEqualTo(to);
    assertThat(readByDocument(account.did())).isEqualTo(before);
    assertThat(row(account.host(), account.did()).path("status").asText()).isEqualTo("deactivated");
    assertThat(row(to, account.did()).path("active").asBoolean()).isTrue();

    network.migrate(account.did(), account.host());
    assertThat(row(account.host(), account.did()).path("active").asBoolean()).isTrue();
    assertThat(row(to, account.did()).path("status").asText()).isEqualTo("deactivated");
  }

  private JsonNode row(SimulatedHost host, Did did) throws Exception {
    List<JsonNode> rows =
        http.list(host, "com.atproto.sync.listRepos", "repos", "limit", 4).stream()
            .filter(row -> row.path("did").asText().equals(did.value()))
            .toList();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  @Test
  void aStatusMayChangeDuringTheRun() throws Exception {
    SimulatedAccount account = withNotes();
    assertThat(network.expectedOutcome(account.did())).isEqualTo(ExpectedOutcome.READABLE);
    network.setStatus(account.did(), AccountStatus.TAKENDOWN);
    assertThat(network.expectedOutcome(account.did())).isEqualTo(ExpectedOutcome.UNAVAILABLE);
    assertThat(network.expectedRecords(account.did())).isEmpty();
    assertThat(readByDocument(account.did())).isEmpty();
    network.setStatus(account.did(), AccountStatus.ACTIVE);
    assertThat(readByDocument(account.did())).isNotEmpty();
    network.setStatus(account.did(), AccountStatus.EMPTIED);
    assertThat(network.expectedOutcome(account.did())).isEqualTo(ExpectedOutcome.READABLE);
    assertThat(readByDocument(account.did())).isEmpty();
    assertThatThrownBy(() -> network.setStatus(account.did(), AccountStatus.DID_WEB))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void strangersAreNoAccounts() {
    assertThatThrownBy(() -> network.account(Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")))
        .isInstanceOf(NoSuchElementException.class);
  }

  private SimulatedAccount withNotes() {
    return network
        .accounts(AccountStatus.ACTIVE)
        .filter(account -> notes(account).size() > 2)
        .findFirst()
        .orElseThrow();
  }

  private List<AtUri> notes(SimulatedAccount account) {
    return network.expectedRecords(account.did(), NOTE).map(ExpectedRecord::uri).toList();
  }

  private JsonNode page(SimulatedAccount account, String ascending) throws Exception {
    return http.xrpc(
            account.host(),
            "com.atproto.repo.listRecords",
            "repo",
            account.did(),
            "collection",
            NOTE,
            "limit",
            100,
            "reverse",
            ascending)
        .json();
  }
}

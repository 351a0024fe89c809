package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RelayAndDirectoryTest {

  private static final String NOTE = "com.example.note";
  private static final String BY_COLLECTION = "com.atproto.sync.listReposByCollection";

  private static SimulatedNetwork network;
  private final Http http = new Http();

  @BeforeAll
  static void start() {
    network =
        SimulatedNetwork.builder()
            .seed(11)
            .hosts(3)
            .accounts(20)
            .accountsOfEveryStatus(2)
            .repoSizes(RepoSizes.uniform(1, 9))
            .collection(NOTE, 1)
            .collection("app.bsky.feed.post", 1)
            .start();
  }

  @AfterAll
  static void stop() {
    network.close();
  }

  @Test
  void theRelayListsEveryAccountThatEverUsedACollection() throws Exception {
    Set<String> listed =
        dids(http.list(network.relay(), BY_COLLECTION, "repos", "collection", NOTE, "limit", 7));
    Set<String> expected = new HashSet<>();
    for (SimulatedAccount account : network.accounts().toList()) {
      boolean noteNow =
          account.status().outcome() != ExpectedOutcome.READABLE
              || account.status() == AccountStatus.EMPTIED
              || network.expectedRecords(account.did(), NOTE).findAny().isPresent();
      if (noteNow) {
        expected.add(account.did().value());
      }
    }
    assertThat(expected).containsAll(listed);
    assertThat(listed).containsAll(didsOfRecords(NOTE));
    assertThat(listed)
        .contains(network.accounts(AccountStatus.DELETED).findFirst().orElseThrow().did().value());
  }

  private static Set<String> didsOfRecords(String collection) {
    return network
        .expectedRecords(collection)
        .map(record -> record.uri().did().value())
        .collect(Collectors.toSet());
  }

  @Test
  void aFullPageHasACursorEvenWhenNothingFollows() throws Exception {
    int all =
        http.xrpc(network.relay(), BY_COLLECTION, "collection", NOTE).json().path("repos").size();
    JsonNode full =
        http.xrpc(network.relay(), BY_COLLECTION, "collection", NOTE, "limit", all).json();
    assertThat(full.path("repos")).hasSize(all);
    String cursor = full.path("cursor").asText();
    assertThat(cursor).isNotEmpty();
    JsonNode rest =
        http.xrpc(network.relay(), BY_COLLECTION, "collection", NOTE, "cursor", cursor).json();
    assertThat(rest.toString()).isEqualTo("{\"repos\":[]}");
  }

  @Test
  void anUnknownCollectionIsAnEmptyListAndABadOneIsRefusedInPlainText() throws Exception {
    assertThat(http.xrpc(network.relay(), BY_COLLECTION, "collection", "com.example.none").body())
        .isEqualTo("{\"repos\":[]}");
    assertThat(http.xrpc(network.relay(), BY_COLLECTION, "collection", "nope"))
        .extracting(Http.Reply::status, Http.Reply::body)
        .containsExactly(400, "bad collection nsid, nope\n");
  }

  @Test
  void theRelaysListReposKnowsActiveAccountsOnly() throws Exception {
    List<JsonNode> rows =
        http.list(network.relay(), "com.atproto.sync.listRepos", "repos", "limit", 5);
    Set<String> inactive =
        network
            .accounts()
            .filter(
                a ->
                    Set.of(
                            AccountStatus.DEACTIVATED,
                            AccountStatus.TAKENDOWN,
                            AccountStatus.SUSPENDED,
                            AccountStatus.DELETED)
                        .contains(a.status()))
            .map(a -> a.did().value())
            .collect(Collectors.toSet());
    assertThat(dids(rows))
        .hasSize(network.size() - inactive.size())
        .doesNotContainAnyElementsOf(inactive);
  }

  @Test
  void listHostsNamesEveryHost() throws Exception {
    List<JsonNode> rows =
        http.list(network.relay(), "com.atproto.sync.listHosts", "hosts", "limit", 2);
    assertThat(rows)
        .extracting(row -> row.path("hostname").asText())
        .containsExactlyElementsOf(
            network.hosts().stream().map(host -> host.url().authority()).toList());
  }

  @Test
  void theRelaySaysOfAnAccountHowItStands() throws Exception {
    SimulatedAccount taken = network.accounts(AccountStatus.TAKENDOWN).findFirst().orElseThrow();
    JsonNode status =
        http.xrpc(network.relay(), "com.atproto.sync.getRepoStatus", "did", taken.did()).json();
    assertThat(status.path("active").asBoolean()).isFalse();
    assertThat(status.path("status").asText()).isEqualTo("takendown");
    assertThat(
            http.xrpc(network.relay(), "com.atproto.sync.getLatestCommit", "did", taken.did())
                .status())
        .isEqualTo(403);
  }

  @Test
  void theDirectoryHasADocumentForEachPlcAccount() throws Exception {
    for (SimulatedAccount account : network.accounts().toList()) {
      if (account.status() == AccountStatus.DID_WEB) {
        continue;
      }
      Http.Reply reply = http.get(network.directory(), "/" + account.did());
      switch (account.status()) {
        case UNREGISTERED ->
            assertThat(reply)
                .extracting(Http.Reply::status, Http.Reply::body)
                .containsExactly(
                    404, "{\"message\":\"DID not registered: " + account.did() + "\"}");
        case TOMBSTONED ->
            assertThat(reply)
                .extracting(Http.Reply::status, Http.Reply::body)
                .containsExactly(410, "{\"message\":\"DID not available: " + account.did() + "\"}");
        case NO_PDS -> assertThat(reply.json().path("service")).isEmpty();
        case MISDIRECTED -> assertThat(pds(reply)).isNotEqualTo(account.host().url().toString());
        default -> assertThat(pds(reply)).isEqualTo(account.host().url().toString());
      }
    }
  }

  private static String pds(Http.Reply document) {
    JsonNode service = document.json().path("service").path(0);
    assertThat(service.path("id").asText()).isEqualTo("#atproto_pds");
    return service.path("serviceEndpoint").asText();
  }

  @Test
  void aDocumentHasTheModernForm() throws Exception {
    SimulatedAccount account = network.account(0);
    Http.Reply reply = http.get(network.directory(), "/" + account.did());
    assertThat(reply.header("content-type")).startsWith("application/did+ld+json");
    JsonNode method = reply.json().path("verificationMethod").path(0);
    assertThat(method.path("id").asText()).isEqualTo(account.did() + "#atproto");
    assertThat(method.path("type").asText()).isEqualTo("Multikey");
    assertThat(method.path("publicKeyMultibase").asText()).startsWith("zQ3s");
    assertThat(reply.json().path("alsoKnownAs").path(0).asText())
        .isEqualTo("at://" + account.handle());
  }

  @Test
  void aDocumentMayHaveTheFormBeforeMultikey() throws Exception {
    try (SimulatedNetwork old =
        SimulatedNetwork.builder()
            .accounts(1)
            .accounts(AccountStatus.TOMBSTONED, 1)
            .legacyDocuments(true)
            .start()) {
      JsonNode method =
          http.get(old.directory(), "/" + old.account(0).did())
              .json()
              .path("verificationMethod")
              .path(0);
      assertThat(method.path("id").asText()).isEqualTo("#atproto");
      assertThat(method.path("type").asText()).isEqualTo("EcdsaSecp256k1VerificationKey2019");
      assertThat(http.get(old.directory(), "/" + old.account(1).did()).status()).isEqualTo(404);
    }
  }

  @Test
  void didWebDocumentsAreServedWhereTheirDidSays() throws Exception {
    List<SimulatedAccount> web = network.accounts(AccountStatus.DID_WEB).toList();
    assertThat(web).hasSameSizeAs(network.webHosts());
    for (int k = 0; k < web.size(); k++) {
      SimulatedHost host = network.webHosts().get(k);
      assertThat(web.get(k).did().value()).isEqualTo("did:web:localhost%3A" + host.url().port());
      Http.Reply document = http.get(host, "/.well-known/did.json");
      assertThat(document.json().path("id").asText()).isEqualTo(web.get(k).did().value());
      assertThat(pds(document)).isEqualTo(web.get(k).host().url().toString());
    }
  }

  private static Set<String> dids(List<JsonNode> rows) {
    return rows.stream().map(row -> row.path("did").asText()).collect(Collectors.toSet());
  }
}

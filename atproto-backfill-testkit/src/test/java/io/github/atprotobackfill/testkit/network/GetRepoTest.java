package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole repos as hosts export them. */
class GetRepoTest {

  private static final String NOTE = "com.example.note";
  private static final String METHOD = "com.atproto.sync.getRepo";

  private final Http http = new Http();
  private SimulatedNetwork network;

  @BeforeEach
  void start() {
    network =
        SimulatedNetwork.builder()
            .seed(11)
            .hosts(2)
            .accounts(20)
            .accountsOfEveryStatus(1)
            .repoSizes(RepoSizes.of(60, 0, 1, 7, 300))
            .blockOrder(1, BlockOrder.FROM_THE_ROOT)
            .start();
  }

  @AfterEach
  void stop() {
    network.close();
  }

  @Test
  void everyRepoHoldsWhatItShouldAndIsSignedByTheKeyOfItsDocument() throws Exception {
    for (SimulatedAccount account : network.accounts().filter(GetRepoTest::readable).toList()) {
      TestCar car = car(account);
      assertThat(car.blocks).allMatch(TestCar.Block::hashes);
      assertThat(car.commit())
          .containsEntry("did", account.did().value())
          .containsEntry("rev", account.rev().value());
      assertThat(car.records()).isEqualTo(expected(account));
      assertThat(car.records().values()).allMatch(car::has);
      SigningKey key = new SigningKeys(11).of(account.number());
      assertThat(car.isSignedBy(key.curve, point(key))).isTrue();
      assertThat(latest(account).path("cid").asText()).isEqualTo(car.roots.get(0));
      assertThat(latest(account).path("rev").asText()).isEqualTo(account.rev().value());
    }
  }

  private static boolean readable(SimulatedAccount account) {
    return account.status().outcome() == ExpectedOutcome.READABLE;
  }

  private static byte[] point(SigningKey key) {
    byte[] bytes = SigningKeysTest.number(key.legacy(true)).toByteArray();
    return bytes;
  }

  private TreeMap<String, String> expected(SimulatedAccount account) {
    TreeMap<String, String> expected = new TreeMap<>();
    network
        .expectedRecords(account.did())
        .forEach(
            r ->
                expected.put(r.uri().collection() + "/" + r.uri().rkey().value(), r.cid().value()));
    return expected;
  }

  @Test
  void writesMoveRootAndRevAndTheRepoFollows() throws Exception {
    SimulatedAccount account = network.account(0);
    AtUri first = network.expectedRecords(account.did()).findFirst().orElseThrow().uri();
    String before = car(account).roots.get(0);
    network.put(first, "{\"$type\":\"com.example.note\",\"text\":\"changed\"}");
    network.put(
        AtUri.parse("at://" + account.did() + "/com.example.note.sub/a"), "{\"text\":\"new\"}");
    network.put(AtUri.parse("at://" + account.did() + "/" + NOTE + "/zz"), "{\"text\":\"new\"}");
    assertThat(network.delete(first)).isTrue();
    SimulatedAccount after = network.account(0);
    TestCar car = car(after);
    assertThat(after.rev()).isGreaterThan(account.rev());
    assertThat(car.roots.get(0)).isNotEqualTo(before);
    assertThat(car.commit()).containsEntry("rev", after.rev().value());
    assertThat(car.records())
        .isEqualTo(expected(after))
        .containsKeys("com.example.note.sub/a", NOTE + "/zz");
    network.setStatus(account.did(), AccountStatus.EMPTIED);
    assertThat(car(network.account(0)).records()).isEmpty();
    assertThat(car(network.account(0)).blocks).hasSize(2);
  }

  @Test
  void sinceGivesTheBlocksThatOthersLack() throws Exception {
    SimulatedAccount account = network.account(4);
    TestCar old = car(account);
    List<AtUri> uris = network.expectedRecords(account.did()).map(ExpectedRecord::uri).toList();
    network.put(uris.get(150), "{\"text\":\"changed\"}");
    network.delete(uris.get(20));
    network.put(AtUri.parse("at://" + account.did() + "/" + NOTE + "/zz"), "{\"text\":\"new\"}");

    TestCar whole = car(network.account(4));
    TestCar news = since(account, account.rev());
    List<String> cids = new ArrayList<>();
    whole.blocks.forEach(block -> cids.add(block.cid()));
    old.blocks.forEach(block -> cids.remove(block.cid()));
    assertThat(news.blocks).extracting(TestCar.Block::cid).containsAll(cids);
    assertThat(news.blocks).hasSizeLessThan(whole.blocks.size() / 4);
    assertThat(cids).hasSizeBetween(5, 40).contains(whole.roots.get(0));

    TestCar nothing = since(account, network.account(4).rev());
    assertThat(nothing.blocks).isEmpty();
    assertThat(nothing.roots).isEqualTo(whole.roots);
    assertThat(http.xrpc(account.host(), METHOD, "did", account.did(), "since", "x").body())
        .contains("Invalid TID string");
  }

  private TestCar since(SimulatedAccount account, Tid rev) throws Exception {
    return new TestCar(
        http.bytes(account.host(), METHOD + Http.query("did", account.did(), "since", rev)).body());
  }

  @Test
  void theNewestBlocksComeFirstOrTheTreeFromItsRootOrAnything() throws Exception {
    for (BlockOrder order : BlockOrder.values()) {
      try (SimulatedNetwork other =
          SimulatedNetwork.builder()
              .hosts(1)
              .accounts(30)
              .repoSizes(RepoSizes.fixed(90))
              .blockOrder(order)
              .start()) {
        List<Integer> commits = new ArrayList<>();
        for (SimulatedAccount account : other.accounts().toList()) {
          TestCar car = car(account);
          assertThat(car.records()).hasSize(90);
          List<String> cids = car.blocks.stream().map(TestCar.Block::cid).toList();
          assertThat(new HashSet<>(cids)).hasSameSizeAs(cids);
          commits.add(cids.indexOf(car.roots.get(0)));
          List<String> backwards = new ArrayList<>(cids);
          backwards.sort(Collections.reverseOrder());
          assertThat(cids.equals(backwards)).isEqualTo(order == BlockOrder.BY_CID);
        }
        switch (order) {
          case FROM_THE_ROOT -> assertThat(commits).containsOnly(0);
          case NEWEST_FIRST -> assertThat(commits).containsOnly(0, 1);
          case BY_CID -> assertThat(new HashSet<>(commits)).hasSizeGreaterThan(20);
        }
      }
    }
  }

  @Test
  void aRepoThatIsTooLargeToBeHeldIsTheSameRepo() throws Exception {
    try (SimulatedNetwork large =
        SimulatedNetwork.builder()
            .hosts(1)
            .accounts(1)
            .repoSizes(RepoSizes.fixed(RepoExport.REORDERED + 1))
            .start()) {
      SimulatedAccount account = large.account(0);
      TestCar car = car(account);
      assertThat(car.blocks.get(0).cid()).isEqualTo(car.roots.get(0));
      assertThat(car.records()).hasSize(RepoExport.REORDERED + 1);
      TestCar news =
          new TestCar(
              http.bytes(
                      account.host(),
                      METHOD + Http.query("did", account.did(), "since", account.rev()))
                  .body());
      assertThat(news.blocks).isEmpty();
    }
  }

  @Test
  void aRepoIsCompressedWhenAskedAndSentInChunksEitherWay() throws Exception {
    SimulatedAccount account = network.account(0);
    String target = METHOD + Http.query("did", account.did());
    Http.Bytes plain = http.bytes(account.host(), target);
    Http.Bytes gzip = http.bytes(account.host(), target, "Accept-Encoding", "gzip");
    assertThat(plain.header("content-type")).isEqualTo("application/vnd.ipld.car");
    assertThat(plain.header("transfer-encoding")).isEqualTo("chunked");
    assertThat(plain.header("content-length")).isEmpty();
    assertThat(plain.header("cache-control")).isEqualTo("private");
    assertThat(gzip.header("content-encoding")).isEqualTo("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
        .isEqualTo(plain.body());
  }

  @Test
  void accountsThatAreNotServedAreRefusedByName() throws Exception {
    for (SimulatedAccount account : network.accounts().toList()) {
      String error =
          switch (account.status()) {
            case DEACTIVATED -> "RepoDeactivated";
            case TAKENDOWN -> "RepoTakendown";
            case SUSPENDED -> "RepoSuspended";
            case DELETED -> "RepoNotFound";
            default -> "";
          };
      if (!error.isEmpty()) {
        Http.Reply reply = http.xrpc(account.host(), METHOD, "did", account.did());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").asText()).isEqualTo(error);
      }
    }
    assertThat(http.xrpc(network.host(0), METHOD, "did", "nope").body()).contains("Invalid DID");
  }

  @Test
  void headsAreTheCommitsUnlessThatIsTooDear() throws Exception {
    for (boolean signed : new boolean[] {true, false}) {
      try (SimulatedNetwork other =
          SimulatedNetwork.builder().hosts(1).accounts(3).signedHeads(signed).start()) {
        for (SimulatedHost host : List.of(other.host(0), other.relay())) {
          for (JsonNode row : http.list(host, "com.atproto.sync.listRepos", "repos", "limit", 2)) {
            String latest =
                http.xrpc(host, "com.atproto.sync.getLatestCommit", "did", row.path("did").asText())
                    .json()
                    .path("cid")
                    .asText();
            Did did = Did.parse(row.path("did").asText());
            String commit = other.expectedCommit(did).cid().value();
            assertThat(row.path("head").asText()).isEqualTo(latest);
            assertThat(latest.equals(commit)).isEqualTo(signed);
            assertThat(car(other.account(did)).roots).containsExactly(commit);
          }
        }
      }
    }
  }

  private JsonNode latest(SimulatedAccount account) throws Exception {
    return http.xrpc(account.host(), "com.atproto.sync.getLatestCommit", "did", account.did())
        .json();
  }

  private TestCar car(SimulatedAccount account) throws Exception {
    return new TestCar(
        http.bytes(account.host(), METHOD + Http.query("did", account.did())).body());
  }
}

package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault of a whole repo is just the one that was ordered. */
@Timeout(60)
class RepoFaultTest {

  private static final String METHOD = "com.atproto.sync.getRepo";
  private static final int RECORDS = 80;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Http http = new Http();
  private final List<Long> pauses = new CopyOnWriteArrayList<>();
  private SimulatedNetwork network;
  private SimulatedAccount account;
  private SimulatedHost host;
  private TestCar whole;

  @BeforeEach
  void start() throws Exception {
    SimulatedNetworkBuilder plan =
        SimulatedNetwork.builder()
            .seed(21)
            .hosts(1)
            .accounts(3)
            .repoSizes(RepoSizes.fixed(RECORDS))
            .clock(() -> NOW);
    plan.pause = pauses::add;
    network = plan.start();
    account = network.account(0);
    host = account.host();
    whole = new TestCar(bytes());
  }

  @AfterEach
  void stop() {
    network.close();
  }

  @ParameterizedTest
  @EnumSource
  void oneBlockIsMissing(BlockKind kind) throws Exception {
    host.order(Fault.missingBlock(kind));
    Set<String> missing = cids(whole);
    TestCar car = new TestCar(bytes());
    missing.removeAll(cids(car));
    assertThat(car.blocks).hasSize(whole.blocks.size() - 1);
    assertThat(missing).hasSize(1).allMatch(cid -> kind(cid) == kind);
    assertThat(missing).doesNotContain(root());
  }

  @Test
  void theRootIsMissingWhereItIsAlone() throws Exception {
    network.setStatus(account.did(), AccountStatus.EMPTIED);
    host.order(Fault.missingBlock(BlockKind.NODE));
    TestCar car = new TestCar(bytes());
    assertThat(car.blocks).extracting(TestCar.Block::cid).isEqualTo(car.roots);
  }

  @ParameterizedTest
  @EnumSource
  void oneBlockIsNotWhatItsCidSays(BlockKind kind) throws Exception {
    host.order(Fault.flippedBit(kind));
    List<TestCar.Block> untrue =
        new TestCar(bytes()).blocks.stream().filter(block -> !block.hashes()).toList();
    assertThat(untrue).hasSize(1).allMatch(block -> kind(block.cid()) == kind);
  }

  private String root() {
    return network.expectedCommit(account.did()).data().value();
  }

  private BlockKind kind(String cid) {
    return cid.equals(whole.roots.get(0))
        ? BlockKind.COMMIT
        : whole.records().containsValue(cid) ? BlockKind.RECORD : BlockKind.NODE;
  }

  private static Set<String> cids(TestCar car) {
    return car.blocks.stream()
        .map(TestCar.Block::cid)
        .collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void theCommitMayBeAnothersOrOfAnotherKeyOrTheOtherSignature() throws Exception {
    Did other = network.account(1).did();
    host.order(Fault.commitOf(other));
    TestCar car = new TestCar(bytes());
    assertThat(car.commit()).containsEntry("did", other.value());
    assertThat(isSigned(car, keys().of(0))).isTrue();

    host.clearFaults();
    host.order(Fault.wrongKey());
    car = new TestCar(bytes());
    assertThat(isSigned(car, keys().of(0))).isFalse();
    assertThat(isSigned(car, keys().of(1))).isTrue();

    host.clearFaults();
    host.order(Fault.highS());
    car = new TestCar(bytes());
    assertThat(isSigned(car, keys().of(0))).isFalse();
    byte[] high = (byte[]) car.commit().get("sig");
    byte[] low = (byte[]) whole.commit().get("sig");
    assertThat(Arrays.copyOf(high, 32)).isEqualTo(Arrays.copyOf(low, 32));
    assertThat(high).isNotEqualTo(low);
    assertThat(car.records()).isEqualTo(whole.records());
  }

  private static SigningKeys keys() {
    return new SigningKeys(21);
  }

  private static boolean isSigned(TestCar car, SigningKey key) {
    return car.isSignedBy(key.curve, SigningKeysTest.number(key.legacy(true)).toByteArray());
  }

  @Test
  void aRepoThatJustCameHasAnOlderRevAndTheOldKeysSignature() throws Exception {
    host.order(Fault.justMigrated());
    TestCar car = new TestCar(bytes());
    assertThat(isSigned(car, keys().former(0))).isTrue();
    assertThat(isSigned(car, keys().of(0))).isFalse();
    assertThat(rev(car)).isLessThan(latestRev());
    assertThat(car.records()).isEqualTo(whole.records());
  }

  private static Tid rev(TestCar car) {
    return Tid.parse((String) car.commit().get("rev"));
  }

  private Tid latestRev() throws Exception {
    JsonNode latest =
        http.xrpc(host, "com.atproto.sync.getLatestCommit", "did", account.did()).json();
    return Tid.parse(latest.path("rev").asText());
  }

  @Test
  void anOldSnapshotIsTheRepoAsItWas() throws Exception {
    host.order(Fault.oldSnapshot());
    TestCar older = new TestCar(bytes());
    assertThat(rev(older)).isLessThan(rev(whole));
    assertThat(older.records()).isEqualTo(whole.records());
    network.put(AtUri.parse("at://" + account.did() + "/com.example.note/a"), "{}");
    TestCar first = new TestCar(bytes());
    assertThat(first.roots).isEqualTo(whole.roots);
    assertThat(cids(first)).isEqualTo(cids(whole));
  }

  @Test
  void aRevMayBeInTheFuture() throws Exception {
    host.order(Fault.futureRev(Duration.ofHours(1)));
    TestCar car = new TestCar(bytes());
    assertThat(rev(car).value())
        .isEqualTo(TidText.of(NOW.plusSeconds(3600).toEpochMilli() * 1000, 0));
    assertThat(isSigned(car, keys().of(0))).isTrue();
  }

  @Test
  void whatIsLegalThoughOddLeavesTheRepoWhole() throws Exception {
    host.order(
        Fault.secondRoot(),
        Fault.duplicateBlocks(),
        Fault.unreachableBlocks(3),
        Fault.rawBlocks(2));
    TestCar car = new TestCar(bytes());
    assertThat(car.roots).containsExactly(whole.roots.get(0), root());
    assertThat(car.blocks).hasSize(2 * whole.blocks.size() + 2 * 3 + 2 * 2);
    assertThat(car.blocks).allMatch(TestCar.Block::hashes);
    assertThat(car.blocks.stream().filter(block -> block.cid().startsWith("bafkrei"))).hasSize(4);
    assertThat(car.records()).isEqualTo(whole.records());
    assertThat(isSigned(car, keys().of(0))).isTrue();
  }

  @Test
  void aRepoMayEndCleanlyInTheMiddle() throws Exception {
    host.order(Fault.truncatedAtBlock());
    TestCar car = new TestCar(bytes());
    assertThat(car.blocks)
        .extracting(TestCar.Block::cid)
        .isEqualTo(
            whole.blocks.stream().map(TestCar.Block::cid).limit(whole.blocks.size() / 2).toList());
  }

  @Test
  void otherFaultsStrikeReposToo() throws Exception {
    byte[] all = bytes();
    host.order(Fault.truncated());
    assertThat(bytes()).isEqualTo(Arrays.copyOf(all, all.length / 2));
    host.clearFaults();
    host.order(Fault.invalidJson(), Fault.missingField("cid"), Fault.duplicateRows());
    assertThat(bytes()).isEqualTo(all);
    host.clearFaults();
    host.order(Fault.status(503).on(METHOD));
    assertThat(http.xrpc(host, METHOD, "did", account.did()).status()).isEqualTo(503);
    host.clearFaults();
    host.order(Fault.reset());
    try (Socket socket = ask()) {
      assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
          .isInstanceOf(java.net.SocketException.class);
    }
  }

  @Test
  void aRepoMayComeSlowly() throws Exception {
    byte[] all = bytes();
    host.order(Fault.trickle(all.length / 4));
    assertThat(bytes()).isEqualTo(all);
    assertThat(pauses.stream().mapToLong(millis -> millis).sum()).isBetween(3_900L, 4_300L);
  }

  @Test
  void blocksMayNeverEnd() throws Exception {
    host.order(Fault.endlessBlocks());
    try (Socket socket = ask()) {
      assertThat(socket.getInputStream().readNBytes(20_000_000)).hasSize(20_000_000);
    }
  }

  private Socket ask() throws Exception {
    Socket socket = new Socket("127.0.0.1", host.url().port());
    String request = "GET /xrpc/" + target() + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void aBlockMayClaimMoreThanThereIs() throws Exception {
    long claim = 1L << 40;
    host.order(Fault.hugeBlock(claim));
    byte[] car = bytes();
    InputStream in = new java.io.ByteArrayInputStream(car, 59, car.length - 59);
    long length = 0;
    int shift = 0;
    int b;
    do {
      b = in.read();
      length |= (long) (b & 0x7f) << shift;
      shift += 7;
    } while (b > 0x7f);
    assertThat(length).isEqualTo(claim + 36);
  }

  @ParameterizedTest
  @EnumSource
  void aRecordMayBreakTheDataModelWithATrueHash(RecordFlaw flaw) throws Exception {
    host.order(Fault.invalidRecord(flaw));
    TestCar car = new TestCar(bytes());
    assertThat(car.blocks).allMatch(TestCar.Block::hashes);
    assertThat(isSigned(car, keys().of(0))).isTrue();
    var records = car.records();
    assertThat(records.keySet()).isEqualTo(whole.records().keySet());
    TestCar.Block first = car.block(records.firstEntry().getValue());
    Object value = first.value();
    switch (flaw) {
      case FLOAT -> assertThat(first.map().get("n")).isInstanceOf(byte[].class);
      case KEY_ORDER -> assertThat(first.map().keySet()).containsExactly("text", "n");
      case NO_MAP -> assertThat(value).isInstanceOf(List.class);
    }
    records.pollFirstEntry();
    assertThat(whole.records()).containsAllEntriesOf(records);
  }

  @ParameterizedTest
  @EnumSource
  void aTreeMayBreakItsRulesThoughSigned(TreeFlaw flaw) throws Exception {
    host.order(Fault.brokenTree(flaw));
    for (int size : new int[] {RECORDS, 2}) {
      keepFirst(size);
      TestCar car = new TestCar(bytes());
      assertThat(car.blocks).allMatch(TestCar.Block::hashes);
      assertThat(isSigned(car, keys().of(0))).isTrue();
      if (flaw == TreeFlaw.DEPTH) {
        assertThat(car.blocks).hasSizeGreaterThan(MstWriter.CHAIN);
      } else {
        assertThatThrownBy(car::records).isInstanceOf(AssertionError.class);
      }
    }
  }

  private void keepFirst(int size) {
    network
        .expectedRecords(account.did())
        .map(ExpectedRecord::uri)
        .skip(size)
        .toList()
        .forEach(network::delete);
  }

  @Test
  void aWriteWhileReadingLeavesHolesAndTheNextReadingIsWhole() throws Exception {
    AtUri gone = network.expectedRecords(account.did()).skip(40).findFirst().orElseThrow().uri();
    host.order(Fault.writtenWhileRead(() -> network.delete(gone)).next(1));
    TestCar car = new TestCar(bytes());
    assertThat(car.roots).isEqualTo(whole.roots);
    Set<String> missing = cids(whole);
    missing.removeAll(cids(car));
    assertThat(missing).contains(root(whole)).doesNotContain(whole.roots.get(0));
    assertThat(missing.stream().filter(whole.records()::containsValue)).hasSize(1);

    TestCar next = new TestCar(bytes());
    assertThat(next.records()).hasSize(RECORDS - 1);
    assertThat(rev(next)).isEqualTo(latestRev()).isGreaterThan(rev(whole));
  }

  private static String root(TestCar car) {
    return ((TestCar.Link) car.commit().get("data")).cid();
  }

  @Test
  void aRecordInAListingMayNotBeTheOneOfItsCid() throws Exception {
    host.order(Fault.forgedRecord());
    JsonNode page =
        http.xrpc(
                host,
                "com.atproto.repo.listRecords",
                "repo",
                account.did(),
                "collection",
                "com.example.note")
            .json();
    int forged = 0;
    for (JsonNode record : page.path("records")) {
      String cid = RecordData.parse("x", record.path("value").toString()).cid();
      forged += cid.equals(record.path("cid").asText()) ? 0 : 1;
    }
    assertThat(forged).isEqualTo(1);
    assertThat(bytes()).isNotEmpty();
  }

  @Test
  void theExpectedCommitIsTheOneServed() {
    ExpectedCommit expected = network.expectedCommit(account.did());
    assertThat(expected.cid().value()).isEqualTo(whole.roots.get(0));
    assertThat(expected.rev()).isEqualTo(rev(whole));
    assertThat(expected.data().value()).isEqualTo(root(whole));
    assertThat(expected.key()).isEqualTo("did:key:" + keys().of(0).multikey());
  }

  private String target() {
    return METHOD + Http.query("did", account.did());
  }

  private byte[] bytes() throws Exception {
    return http.bytes(host, target()).body();
  }
}

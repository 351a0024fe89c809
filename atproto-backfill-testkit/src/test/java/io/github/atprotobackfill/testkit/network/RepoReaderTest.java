package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.repo.InvalidRepoException;
import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoKey;
import io.github.atprotobackfill.repo.RepoLimits;
import io.github.atprotobackfill.repo.RepoReader;
import io.github.atprotobackfill.syntax.AtUri;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The library reads what the simulated hosts write, and is not deceived by what is wrong with it.
 */
@Timeout(60)
class RepoReaderTest {

  private static final String METHOD = "com.atproto.sync.getRepo";
  private static final int RECORDS = 60;
  private static final RepoReader READER =
      RepoReader.builder().limits(RepoLimits.DEFAULT.withCarBytes(8 << 20)).build();

  private final Http http = new Http();
  private SimulatedNetwork network;
  private SimulatedAccount account;

  @BeforeEach
  void start() {
    network =
        SimulatedNetwork.builder()
            .seed(31)
            .hosts(1)
            .accounts(20)
            .repoSizes(RepoSizes.fixed(RECORDS))
            .start();
    account = network.account(0);
  }

  @AfterEach
  void stop() {
    network.close();
  }

  @Test
  void everyCommitIsSignedByTheKeyOfTheDocumentInEverySpelling() throws Exception {
    List<String> types = new ArrayList<>();
    for (SimulatedAccount each : network.accounts().toList()) {
      JsonNode method =
          http.get(network.directory(), "/" + each.did()).json().path("verificationMethod").path(0);
      RepoKey key =
          RepoKey.parse(method.path("type").asText(), method.path("publicKeyMultibase").asText())
              .orElseThrow();
      types.add(method.path("type").asText());
      ExpectedCommit expected = network.expectedCommit(each.did());
      try (Repo repo = read(each)) {
        assertThat(repo.commit().isSignedBy(key)).isTrue();
        assertThat(repo.commit().cid().text()).isEqualTo(expected.cid());
        assertThat(key.didKey()).isEqualTo(expected.key());
        assertThat(records(repo)).isEqualTo(expected(each));
      }
    }
    assertThat(types)
        .contains(
            "Multikey", "EcdsaSecp256k1VerificationKey2019", "EcdsaSecp256r1VerificationKey2019");
  }

  @ParameterizedTest
  @EnumSource
  void repositoriesOfEveryOrderAndSizeAreRead(BlockOrder order) throws Exception {
    try (SimulatedNetwork other =
        SimulatedNetwork.builder()
            .hosts(1)
            .accounts(4)
            .repoSizes(RepoSizes.of(0, 1, 3000, RepoExport.REORDERED + 1))
            .blockOrder(order)
            .start()) {
      for (SimulatedAccount each : other.accounts().toList()) {
        try (Repo repo = RepoReader.builder().build().read(stream(each))) {
          assertThat(records(repo))
              .isEqualTo(
                  other.expectedRecords(each.did()).map(r -> r.uri() + " " + r.cid()).toList());
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrongIsFoundOut() {
    return Stream.of(
        refused(ErrorKind.INCOMPLETE_REPO, Fault.missingBlock(BlockKind.COMMIT)),
        refused(ErrorKind.INCOMPLETE_REPO, Fault.missingBlock(BlockKind.NODE)),
        refused(ErrorKind.INCOMPLETE_REPO, Fault.missingBlock(BlockKind.RECORD)),
        refused(ErrorKind.INCOMPLETE_REPO, Fault.truncatedAtBlock()),
        refused(ErrorKind.INCOMPLETE_REPO, Fault.truncated()),
        refused(ErrorKind.INCOMPLETE_REPO, Fault.writtenWhileRead(this::write)),
        refused(ErrorKind.INVALID_CAR, Fault.flippedBit(BlockKind.COMMIT)),
        refused(ErrorKind.INVALID_CAR, Fault.flippedBit(BlockKind.NODE)),
        refused(ErrorKind.INVALID_CAR, Fault.flippedBit(BlockKind.RECORD)),
        refused(ErrorKind.INVALID_CAR, Fault.brokenTree(TreeFlaw.ORDER)),
        refused(ErrorKind.INVALID_CAR, Fault.brokenTree(TreeFlaw.LEVEL)),
        refused(ErrorKind.INVALID_CAR, Fault.brokenTree(TreeFlaw.PREFIX)),
        refused(ErrorKind.INVALID_CAR, Fault.brokenTree(TreeFlaw.DEPTH)),
        refused(ErrorKind.INVALID_CAR, Fault.hugeBlock(1L << 60)),
        refused(ErrorKind.INVALID_CAR, Fault.hugeBlock(64 << 20)),
        refused(ErrorKind.INVALID_CAR, Fault.endlessBlocks()));
  }

  private DynamicTest refused(ErrorKind kind, Fault fault) {
    return DynamicTest.dynamicTest(
        fault.toString(),
        () -> {
          order(fault);
          assertThatThrownBy(() -> read(account).close())
              .asInstanceOf(type(InvalidRepoException.class))
              .extracting(InvalidRepoException::kind)
              .isEqualTo(kind);
        });
  }

  private void order(Fault fault) {
    account.host().clearFaults();
    account.host().order(fault.on(METHOD));
  }

  private void write() {
    network.delete(network.expectedRecords(account.did()).findFirst().orElseThrow().uri());
  }

  @TestFactory
  Stream<DynamicTest> whatIsOddIsReadAllTheSame() {
    Consumer<Repo> whole =
        repo -> {
          assertThat(records(repo)).isEqualTo(expected(account));
          assertThat(repo.commit().isSignedBy(key())).isTrue();
        };
    return Stream.of(
        opened(Fault.secondRoot(), whole),
        opened(Fault.unreachableBlocks(5), whole),
        opened(Fault.rawBlocks(5), whole),
        opened(Fault.duplicateBlocks(), whole),
        opened(Fault.wrongKey(), this::isNotSigned),
        opened(Fault.highS(), this::isNotSigned),
        opened(Fault.justMigrated(), this::isNotSigned),
        opened(Fault.justMigrated(), this::isOlder),
        opened(Fault.oldSnapshot(), this::isOlder),
        opened(
            Fault.futureRev(Duration.ofDays(1)),
            repo -> assertThat(repo.commit().rev()).isGreaterThan(account.rev())),
        opened(
            Fault.commitOf(network.account(1).did()),
            repo -> assertThat(repo.commit().did()).isEqualTo(network.account(1).did())),
        opened(Fault.invalidRecord(RecordFlaw.FLOAT), this::onlyTheFirstIsInvalid),
        opened(Fault.invalidRecord(RecordFlaw.KEY_ORDER), this::onlyTheFirstIsInvalid),
        opened(Fault.invalidRecord(RecordFlaw.NO_MAP), this::onlyTheFirstIsInvalid));
  }

  private DynamicTest opened(Fault fault, Consumer<Repo> check) {
    return DynamicTest.dynamicTest(
        fault.toString(),
        () -> {
          order(fault);
          try (Repo repo = read(account)) {
            check.accept(repo);
          }
        });
  }

  private RepoKey key() {
    return RepoKey.ofDidKey(network.expectedCommit(account.did()).key()).orElseThrow();
  }

  private void isNotSigned(Repo repo) {
    assertThat(repo.commit().isSignedBy(key())).isFalse();
    assertThat(records(repo)).isEqualTo(expected(account));
  }

  private void isOlder(Repo repo) {
    assertThat(repo.commit().rev()).isLessThan(account.rev());
  }

  private void onlyTheFirstIsInvalid(Repo repo) {
    RecordCursor records = repo.records();
    assertThat(records.next()).isTrue();
    assertThatThrownBy(records::json)
        .asInstanceOf(type(InvalidRepoException.class))
        .extracting(InvalidRepoException::kind)
        .isEqualTo(ErrorKind.INVALID_CAR);
    int valid = 0;
    while (records.next()) {
      valid += records.json().length > 0 ? 1 : 0;
    }
    assertThat(valid).isEqualTo(RECORDS - 1);
  }

  @Test
  void theJsonOfARecordIsTheOneThatAListingGives() throws Exception {
    try (Repo repo = read(account)) {
      RecordCursor records = repo.records();
      while (records.next()) {
        JsonNode listed =
            http.xrpc(
                    account.host(),
                    "com.atproto.repo.getRecord",
                    "repo",
                    account.did(),
                    "collection",
                    records.collection(),
                    "rkey",
                    records.rkey())
                .json();
        assertThat(new String(records.json(), java.nio.charset.StandardCharsets.UTF_8))
            .isEqualTo(listed.path("value").toString());
        assertThat(records.cid().text().value()).isEqualTo(listed.path("cid").asText());
      }
    }
  }

  private List<String> records(Repo repo) {
    List<String> found = new ArrayList<>();
    RecordCursor records = repo.records();
    while (records.next()) {
      AtUri uri = new AtUri(repo.commit().did(), records.collection(), records.rkey());
      found.add(uri + " " + records.cid().text());
    }
    return found;
  }

  private List<String> expected(SimulatedAccount of) {
    return network.expectedRecords(of.did()).map(r -> r.uri() + " " + r.cid()).toList();
  }

  private Repo read(SimulatedAccount of) throws Exception {
    try (InputStream car = stream(of)) {
      return READER.read(car);
    }
  }

  private InputStream stream(SimulatedAccount of) throws Exception {
    return http.stream(of.host(), METHOD + Http.query("did", of.did()));
  }
}

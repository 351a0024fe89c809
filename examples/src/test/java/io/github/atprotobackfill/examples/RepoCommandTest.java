package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.BlockKind;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RecordFlaw;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.testkit.network.TreeFlaw;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class RepoCommandTest {

  private static final String GET_REPO = "com.atproto.sync.getRepo";
  private static final String NOTE = "com.example.note";

  private final SimulatedNetwork network =
      SimulatedNetwork.builder()
          .hosts(1)
          .accounts(2)
          .accounts(AccountStatus.DEACTIVATED, 1)
          .accounts(AccountStatus.NO_PDS, 1)
          .repoSizes(RepoSizes.fixed(60))
          .start();
  private final SimulatedAccount account = network.account(0);
  private final String did = account.did().value();

  @TempDir private Path directory;

  private Path car;

  @BeforeEach
  void fetch() {
    car = directory.resolve("repo.car");
    ToolRun run = online("repo ls", did, "--car", car.toString());
    assertThat(run.status()).as(run.err()).isZero();
  }

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void collectionsAreCounted() {
    ToolRun file = ToolRun.of("repo", "ls", car.toString());
    ToolRun json = ToolRun.of("repo", "ls", car.toString(), "--json");

    assertThat(file.status()).isZero();
    assertThat(file.out()).startsWith(did + " at rev " + account.rev());
    assertThat(json.json().path("did").textValue()).isEqualTo(did);
    assertThat(json.json().path("records").longValue()).isEqualTo(truth().size());
    Map<String, Long> counts = new TreeMap<>();
    json.json()
        .path("collections")
        .fields()
        .forEachRemaining(entry -> counts.put(entry.getKey(), entry.getValue().longValue()));
    assertThat(counts).isEqualTo(countsOf(truth()));
    counts.forEach(
        (collection, count) -> assertThat(file.out()).contains(count + "  " + collection));
  }

  @Test
  void recordsAreListed() throws IOException {
    assertThat(uris(ToolRun.of("repo", "ls", "-l", "--json", car.toString()))).isEqualTo(truth());
    assertThat(uris(ToolRun.of("repo", "ls", "--collection", NOTE, "--json", car.toString())))
        .isEqualTo(truth(NOTE));
    assertThat(ToolRun.of("repo", "ls", "-l", car.toString()).out().lines())
        .containsExactlyInAnyOrderElementsOf(
            truth().entrySet().stream()
                .map(
                    e -> e.getValue() + "  " + e.getKey().substring(("at://" + did + "/").length()))
                .toList());
  }

  @Test
  void recordsAreExported() throws IOException {
    Path out = directory.resolve("records.jsonl");
    Files.writeString(out, "what was there before");

    ToolRun toFile = ToolRun.of("repo", "export", car.toString(), "--out", out.toString());
    ToolRun notes = ToolRun.of("repo", "export", car.toString(), "--collection", NOTE);

    assertThat(toFile.status()).as(toFile.err()).isZero();
    assertThat(toFile.out()).isEmpty();
    assertThat(uris(Files.readString(out))).isEqualTo(truth());
    assertThat(uris(notes)).isEqualTo(truth(NOTE));
    assertThat(uris(online("repo export", did))).isEqualTo(truth());
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(car, out);
    }
  }

  @Test
  void exportedLinesAreThoseOfRun() throws IOException {
    Path out = directory.resolve("run.jsonl");
    ToolRun run = online("run", "--did", did, "--fetch", "export", "--jsonl", out.toString());

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(ToolRun.of("repo", "export", car.toString()).out().lines())
        .containsExactlyInAnyOrderElementsOf(Files.readAllLines(out));
  }

  @Test
  void whatIsPipedInIsRead() throws IOException {
    ToolRun run =
        ToolRun.of(new ByteArrayInputStream(Files.readAllBytes(car)), "repo", "export", "-");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(uris(run)).isEqualTo(truth());
  }

  @Test
  void allIsProvenByTheDirectoryOrByAGivenKey() {
    String key = network.expectedCommit(account.did()).key();

    for (ToolRun run :
        List.of(
            online("repo verify", did),
            online("repo verify", car.toString()),
            ToolRun.of("repo", "verify", "--key", key, car.toString()))) {
      assertThat(run.status()).as(run.out() + run.err()).isZero();
      assertThat(run.out()).contains("signature   proven      by " + key).doesNotContain("wrong");
    }
    ToolRun json = ToolRun.of("repo", "verify", "--json", "--key", key, car.toString());
    assertThat(json.json().path("good").booleanValue()).isTrue();
    assertThat(json.json().path("commit").textValue())
        .isEqualTo(network.expectedCommit(account.did()).cid().value());
    assertThat(json.json().at("/findings/signature/outcome").textValue()).isEqualTo("proven");
  }

  @Test
  void aSignatureThatIsNotProvenIsSaidAndIsNoSuccess() {
    String another = network.expectedCommit(network.account(1).did()).key();

    ToolRun wrong = ToolRun.of("repo", "verify", "--key", another, car.toString());
    assertThat(wrong.status()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(wrong.out()).contains("signature   wrong       not by " + another);
    assertThat(wrong.out()).contains("tree        proven");

    ToolRun notAsked = ToolRun.of("repo", "verify", "--no-signature", car.toString());
    assertThat(notAsked.status()).isZero();
    assertThat(notAsked.out()).contains("signature   not asked");

    network.directory().stopListening();
    ToolRun unreachable = online("repo verify", car.toString());
    assertThat(unreachable.status()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(unreachable.out()).contains("signature   not proven", "connect");
  }

  static Stream<Arguments> spoiled() {
    return Stream.of(
        Arguments.of(Fault.flippedBit(BlockKind.RECORD), "invalid_car"),
        Arguments.of(Fault.missingBlock(BlockKind.RECORD), "incomplete_repo"),
        Arguments.of(Fault.missingBlock(BlockKind.COMMIT), "incomplete_repo"),
        Arguments.of(Fault.truncatedAtBlock(), "incomplete_repo"),
        Arguments.of(Fault.brokenTree(TreeFlaw.ORDER), "invalid_car"),
        Arguments.of(Fault.invalidRecord(RecordFlaw.FLOAT), "records     wrong"),
        Arguments.of(Fault.wrongKey(), "signature   wrong"),
        Arguments.of(Fault.highS(), "signature   wrong"),
        Arguments.of(Fault.futureRev(Duration.ofDays(1)), "the rev is in the future"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("spoiled")
  void whatIsWrongIsSaid(Fault fault, String said) {
    network.host(0).order(fault.on(GET_REPO));

    ToolRun run = online("repo verify", did, "--car", car.toString());
    ToolRun again = online("repo verify", car.toString());

    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(run.out()).contains(said);
    assertThat(again.status()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(again.out()).isEqualTo(run.out());
  }

  @Test
  void anotherRepoThanTheOneAskedForIsRefused() {
    network.host(0).order(Fault.commitOf(network.account(1).did()).on(GET_REPO));

    for (String command : List.of("repo ls", "repo export")) {
      ToolRun run = online(command, did);
      assertThat(run.status()).isEqualTo(ExitStatus.INCOMPLETE);
      assertThat(run.err()).startsWith("error: ").hasLineCount(1);
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void aRepoThatCameIncompleteIsFetchedAgain() throws IOException {
    network.host(0).order(Fault.missingBlock(BlockKind.NODE).on(GET_REPO).next(1));

    ToolRun run = online("repo export", did);

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.err()).contains("fetched again");
    assertThat(uris(run)).isEqualTo(truth());
  }

  @Test
  void aMalformedRecordIsLeftOutOfTheExportAndNamed() throws IOException {
    network.host(0).order(Fault.invalidRecord(RecordFlaw.NO_MAP).on(GET_REPO));

    ToolRun run = online("repo export", did);

    assertThat(run.status()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(run.err()).contains("left out: record ", "59 records, 1 left out");
    assertThat(truth()).containsAllEntriesOf(uris(run)).hasSize(uris(run).size() + 1);
  }

  @Test
  void bytesThatAreNoRepoAreOneLineAndKeepWhatWasThere() throws IOException {
    Path out = Files.writeString(directory.resolve("records.jsonl"), "kept");
    for (byte[] bytes :
        List.of(
            new byte[0],
            "not a CAR file".getBytes(),
            Arrays.copyOf(Files.readAllBytes(car), (int) Files.size(car) / 2))) {
      Path bad = Files.write(directory.resolve("bad.car"), bytes);

      ToolRun run = ToolRun.of("repo", "export", bad.toString(), "--out", out.toString());

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.INCOMPLETE);
      assertThat(run.err()).startsWith("error: ").hasLineCount(1);
      assertThat(Files.readString(out)).isEqualTo("kept");
    }
  }

  @Test
  void whatCannotBeReadOrWrittenIsOneLine() {
    String none = directory.resolve("none.car").toString();
    String folder = directory.toString();
    assertBreaksDown(ToolRun.of("repo", "ls", none), none + ": no such file");
    assertBreaksDown(ToolRun.of("repo", "verify", folder), "Is a directory");
    assertBreaksDown(
        ToolRun.of("repo", "export", car.toString(), "--out", folder), "is a directory");
    assertBreaksDown(
        ToolRun.of("repo", "export", car.toString(), "--out", folder + "/none/x"), "cannot write");
    assertBreaksDown(online("repo ls", did, "--car", folder + "/none/x"), "cannot write");
  }

  @Test
  void aRepoThatIsNotToBeHadIsOneLine() {
    String deactivated = first(AccountStatus.DEACTIVATED);
    assertBreaksDown(online("repo ls", deactivated), "RepoDeactivated");
    assertBreaksDown(online("repo export", first(AccountStatus.NO_PDS)), "names no host");
    assertBreaksDown(online("repo verify", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"), "404");
    network.host(0).stopListening();
    assertBreaksDown(online("repo ls", did), GET_REPO);
  }

  private static void assertBreaksDown(ToolRun run, String said) {
    assertThat(run.status()).as(run.err() + run.out()).isEqualTo(ExitStatus.FAILED);
    assertThat(run.err()).startsWith("error: ").contains(said).hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  private String first(AccountStatus status) {
    return network.accounts(status).findFirst().orElseThrow().did().value();
  }

  private ToolRun online(String command, String... more) {
    return ToolRun.of(RunCommandTest.network(network, command, more));
  }

  private Map<String, String> truth(String... collections) {
    return RunCommandTest.truth(network.expectedRecords(account.did(), collections));
  }

  private static Map<String, Long> countsOf(Map<String, String> records) {
    Map<String, Long> counts = new TreeMap<>();
    records.keySet().forEach(uri -> counts.merge(uri.split("/")[3], 1L, Long::sum));
    return counts;
  }

  private static Map<String, String> uris(ToolRun run) throws IOException {
    return uris(run.out());
  }

  private static Map<String, String> uris(String lines) throws IOException {
    Map<String, String> records = new TreeMap<>();
    for (String line : new ArrayList<>(lines.lines().toList())) {
      JsonNode record = new JsonMapper().readTree(line);
      assertThat(records.put(record.get("uri").textValue(), record.get("cid").textValue()))
          .isNull();
    }
    return records;
  }
}

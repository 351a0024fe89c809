package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.failure.ErrorKind.BAD_SIGNATURE;
import static io.github.atprotobackfill.failure.ErrorKind.CONNECT;
import static io.github.atprotobackfill.failure.ErrorKind.INCOMPLETE_REPO;
import static io.github.atprotobackfill.failure.ErrorKind.INVALID_CAR;
import static io.github.atprotobackfill.failure.ErrorKind.NOT_SUPPORTED;
import static io.github.atprotobackfill.failure.ErrorKind.OLD_KEY_COMMIT;
import static io.github.atprotobackfill.failure.ErrorKind.SERVER_ERROR;
import static io.github.atprotobackfill.failure.ErrorKind.STALE_REPO;
import static io.github.atprotobackfill.testkit.network.BlockKind.COMMIT;
import static io.github.atprotobackfill.testkit.network.BlockKind.NODE;
import static io.github.atprotobackfill.testkit.network.BlockKind.RECORD;
import static io.github.atprotobackfill.wholejob.ExportFaultsTest.Ends.FAILED;
import static io.github.atprotobackfill.wholejob.ExportFaultsTest.Ends.LISTED;
import static io.github.atprotobackfill.wholejob.ExportFaultsTest.Ends.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.fetch.OldKeyCommits;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoLimits;
import io.github.atprotobackfill.repo.RepoReader;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RecordFlaw;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.testkit.network.TreeFlaw;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * What becomes of a repo whose {@code getRepo} is faulty, fault by fault, where a repo has two
 * tries. Each row tells: the fault; how the repo ends; of what kind the failure is that is counted,
 * and stored where it fails; how often the repo is fetched for that.
 */
@Timeout(180)
class ExportFaultsTest {

  private static final String GET_REPO = "com.atproto.sync.getRepo";
  private static final int RECORDS = 40;

  /** As often as not even a first byte came, which differs. */
  private static final int SOME = 0;

  /** How a repo ends. */
  enum Ends {
    /** Done, with every record out of the repo itself. */
    WHOLE,
    /** Done, with every record by {@code listRecords}. */
    LISTED,
    /** Failed, with no record. */
    FAILED
  }

  /** A row of the table. */
  private record Row(
      String name,
      Function<ExportFaultsTest, Fault> fault,
      Ends ends,
      @Nullable ErrorKind kind,
      int fetches) {}

  private static Stream<Row> table() {
    return Stream.of(
        // Nothing is wrong with it.
        row(Fault.secondRoot(), WHOLE, null, 1),
        row(Fault.duplicateBlocks(), WHOLE, null, 1),
        row(Fault.unreachableBlocks(50), WHOLE, null, 1),
        row(Fault.rawBlocks(50), WHOLE, null, 1),
        row(Fault.futureRev(Duration.ofMinutes(4)), WHOLE, null, 1),
        // Something is missing: once more, then the listing.
        once(Fault.missingBlock(COMMIT), WHOLE, INCOMPLETE_REPO, 2),
        row(Fault.missingBlock(COMMIT), LISTED, INCOMPLETE_REPO, 2),
        once(Fault.missingBlock(NODE), WHOLE, INCOMPLETE_REPO, 2),
        row(Fault.missingBlock(NODE), LISTED, INCOMPLETE_REPO, 2),
        once(Fault.missingBlock(RECORD), WHOLE, INCOMPLETE_REPO, 2),
        row(Fault.missingBlock(RECORD), LISTED, INCOMPLETE_REPO, 2),
        once(Fault.truncatedAtBlock(), WHOLE, INCOMPLETE_REPO, 2),
        row(Fault.truncatedAtBlock(), LISTED, INCOMPLETE_REPO, 2),
        row(Fault.truncated(), LISTED, INCOMPLETE_REPO, 2),
        row(Fault.html(), LISTED, INCOMPLETE_REPO, 2),
        row("writtenWhileRead, once", t -> t.writtenWhileRead().next(1), WHOLE, INCOMPLETE_REPO, 2),
        row("writtenWhileRead", t -> t.writtenWhileRead(), LISTED, INCOMPLETE_REPO, 2),
        // Something is not what it should be: another try.
        once(Fault.flippedBit(COMMIT), WHOLE, INVALID_CAR, 2),
        row(Fault.flippedBit(COMMIT), FAILED, INVALID_CAR, 2),
        row(Fault.flippedBit(NODE), FAILED, INVALID_CAR, 2),
        row(Fault.flippedBit(RECORD), FAILED, INVALID_CAR, 2),
        row(Fault.brokenTree(TreeFlaw.ORDER), FAILED, INVALID_CAR, 2),
        row(Fault.brokenTree(TreeFlaw.LEVEL), FAILED, INVALID_CAR, 2),
        row(Fault.brokenTree(TreeFlaw.PREFIX), FAILED, INVALID_CAR, 2),
        row(Fault.brokenTree(TreeFlaw.DEPTH), FAILED, INVALID_CAR, 2),
        row(Fault.hugeBlock(1L << 60), FAILED, INVALID_CAR, 2),
        row(Fault.endlessBlocks(), FAILED, INVALID_CAR, 2),
        row(Fault.gzipBomb(1L << 30), FAILED, INVALID_CAR, 2),
        row("commitOf another", t -> Fault.commitOf(t.sound), FAILED, INVALID_CAR, 2),
        row(Fault.futureRev(Duration.ofHours(1)), FAILED, INVALID_CAR, 2),
        // The signature is not the account's: no other try.
        row(Fault.wrongKey(), FAILED, BAD_SIGNATURE, 1),
        row(Fault.highS(), FAILED, BAD_SIGNATURE, 1),
        row(Fault.justMigrated(), FAILED, BAD_SIGNATURE, 1),
        row("justMigrated, the host's head", t -> t.justMigrated(), LISTED, OLD_KEY_COMMIT, 1),
        // It does not come; what is likely to pass is asked for three times at each try.
        row(Fault.unsupported(400), LISTED, NOT_SUPPORTED, 1),
        row(Fault.unsupported(404), LISTED, NOT_SUPPORTED, 1),
        row(Fault.unsupported(501), LISTED, NOT_SUPPORTED, 1),
        row(Fault.reset(), FAILED, CONNECT, SOME),
        row(Fault.status(503), FAILED, SERVER_ERROR, 6));
  }

  private static Row row(Fault fault, Ends ends, @Nullable ErrorKind kind, int fetches) {
    return row(fault.toString(), test -> fault, ends, kind, fetches);
  }

  private static Row once(Fault fault, Ends ends, @Nullable ErrorKind kind, int fetches) {
    return row(fault + ", once", test -> fault.next(1), ends, kind, fetches);
  }

  private static Row row(
      String name,
      Function<ExportFaultsTest, Fault> fault,
      Ends ends,
      @Nullable ErrorKind kind,
      int fetches) {
    return new Row(name, fault, ends, kind, fetches);
  }

  private WholeJob whole;
  private KeepingSink sink;
  private SimulatedHost host;
  private Did victim;
  private Did sound;
  private int writes;

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(43)
                .hosts(2)
                .accounts(8)
                .repoSizes(RepoSizes.fixed(RECORDS))
                .start());
    sink = new KeepingSink(KeepingSink.Kind.TELLS_WHAT_IT_HOLDS);
    host = whole.network.host(0);
    victim = someAt(host);
    sound = someAt(whole.network.host(1));
  }

  @AfterEach
  void close() {
    whole.close();
  }

  private Did someAt(SimulatedHost at) {
    return whole
        .network
        .accounts()
        .filter(account -> account.host() == at)
        .map(SimulatedAccount::did)
        .findFirst()
        .orElseThrow();
  }

  /** Each download begins with a write. */
  private Fault writtenWhileRead() {
    return Fault.writtenWhileRead(
        () -> {
          List<AtUri> left =
              whole.network.expectedRecords(victim).map(record -> record.uri()).toList();
          whole.network.put(left.get(writes++), "{\"text\":\"written\"}");
        });
  }

  /** A host that took the repo over as it was tells that commit, with a newer rev. */
  private Fault justMigrated() {
    return tellingHead(Fault.justMigrated());
  }

  /** Lets the host tell the head that it gives under a fault. */
  private Fault tellingHead(Fault fault) {
    host.order(fault.on(GET_REPO));
    String head;
    try (InputStream car =
            new URL(host.url() + "/xrpc/" + GET_REPO + "?did=" + victim).openStream();
        Repo repo = RepoReader.builder().build().read(car)) {
      head = repo.commit().cid().text().value();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String told = whole.network.expectedCommit(victim).cid().value();
    host.clearFaults();
    host.resetCounters();
    host.order(Fault.body(json -> json.replace(told, head)).on("com.atproto.sync.getLatestCommit"));
    return fault;
  }

  @TestFactory
  Stream<DynamicTest> everyFaultEndsAsTheTableSays() {
    return table()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.name(),
                    () -> {
                      close();
                      start();
                      check(row);
                    }));
  }

  private void check(Row row) throws Exception {
    host.order(row.fault().apply(this).on(GET_REPO));
    BackfillProgress ended = run(OldKeyCommits.LIST);

    if (row.fetches() != SOME) {
      assertThat(host.requests(GET_REPO)).as("fetched").isEqualTo(row.fetches());
    }
    assertThat(host.requests("com.atproto.repo.listRecords") > 0)
        .as("listed")
        .isEqualTo(row.ends() == LISTED);
    RepoEntry entry = whole.outcomes(ended).get(victim);
    assertThat(entry.state())
        .as("%s %s", entry, ended.counts().errors())
        .isEqualTo(row.ends() == FAILED ? RepoState.FAILED : RepoState.DONE);
    if (row.ends() == FAILED) {
      assertThat(entry.failure().kind()).isEqualTo(row.kind());
      assertThat(entry.failure().message()).contains(host.url().authority());
    }
    if (row.kind() == null) {
      assertThat(ended.counts().errors()).isEmpty();
    } else {
      assertThat(ended.counts().errors()).containsOnlyKeys(row.kind());
    }
    assertThat(of(sink.visible(), victim))
        .isEqualTo(row.ends() == FAILED ? Map.of() : expected(victim));
    assertThat(of(sink.visible(), sound)).as("others").isEqualTo(expected(sound));
  }

  @TestFactory
  Stream<DynamicTest> aRecordThatIsNoneIsLeftOutAlone() {
    return Stream.of(RecordFlaw.values())
        .map(
            flaw ->
                DynamicTest.dynamicTest(
                    flaw.toString(),
                    () -> {
                      close();
                      start();
                      host.order(Fault.invalidRecord(flaw).on(GET_REPO));
                      BackfillProgress ended = run(OldKeyCommits.LIST);
                      assertThat(whole.outcomes(ended).get(victim).state())
                          .as(ended.toString())
                          .isEqualTo(RepoState.DONE);
                      assertThat(ended.counts().rejected()).isEqualTo(1);
                      assertThat(ended.counts().errors()).isEqualTo(Map.of(INVALID_CAR, 1L));
                      Map<AtUri, Cid> held = of(sink.visible(), victim);
                      assertThat(held).hasSize(RECORDS - 1);
                      assertThat(expected(victim)).containsAllEntriesOf(held);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> whatDependsOnWhatIsHeldOrWished() {
    return Stream.of(
        DynamicTest.dynamicTest(
            "justMigrated, refused",
            () -> {
              host.order(justMigrated().on(GET_REPO));
              BackfillProgress ended = run(OldKeyCommits.REFUSE);
              assertThat(whole.outcomes(ended).get(victim).failure().kind())
                  .isEqualTo(OLD_KEY_COMMIT);
              assertThat(host.requests(GET_REPO)).isEqualTo(1);
            }),
        DynamicTest.dynamicTest(
            "oldSnapshot, of which a newer rev is held",
            () -> {
              close();
              start();
              run(OldKeyCommits.LIST);
              AtUri uri = whole.network.expectedRecords(victim).findFirst().orElseThrow().uri();
              whole.network.put(uri, "{\"text\":\"held\"}");
              run(OldKeyCommits.LIST);
              whole.network.put(uri, "{\"text\":\"newer\"}");
              Map<AtUri, Cid> before = of(sink.visible(), victim);
              host.order(Fault.oldSnapshot().on(GET_REPO));
              BackfillProgress ended = run(OldKeyCommits.LIST);
              assertThat(whole.outcomes(ended).get(victim).failure().kind()).isEqualTo(STALE_REPO);
              assertThat(of(sink.visible(), victim)).isEqualTo(before);
            }));
  }

  private BackfillProgress run(OldKeyCommits policy) throws Exception {
    RepoReader reader =
        RepoReader.builder().limits(RepoLimits.DEFAULT.withCarBytes(4 << 20)).build();
    try (Backfill backfill =
        whole
            .engine(sink)
            .maxAttempts(2)
            .fetcher(
                RepoExportFetcher.builder(whole.client)
                    .reader(reader)
                    .oldKeyCommits(policy)
                    .build())
            .build()) {
      return WholeJob.run(backfill, new BackfillJob.Repos(List.of(victim, sound), Set.of()));
    }
  }

  private Map<AtUri, Cid> expected(Did did) {
    return of(whole.expected(), did);
  }

  private static Map<AtUri, Cid> of(Map<AtUri, Cid> records, Did did) {
    Map<AtUri, Cid> some = new HashMap<>(records);
    some.keySet().removeIf(uri -> !uri.did().equals(did));
    return some;
  }
}

package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.fetch.FetchChoice;
import io.github.atprotobackfill.fetch.FetchRequest;
import io.github.atprotobackfill.fetch.FetchTurn;
import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.fetch.RepoReading;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.testkit.network.SimulatedNetworkBuilder;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to repos while they are read, and to the engine while it reads them. */
@Timeout(120)
class HardTimesTest {

  private static final String LATEST_COMMIT = "com.atproto.sync.getLatestCommit";
  private static final String LIST_RECORDS = "com.atproto.repo.listRecords";
  private static final String GET_REPO = "com.atproto.sync.getRepo";

  private WholeJob whole;
  private final KeepingSink sink = new KeepingSink(KeepingSink.Kind.TELLS_WHAT_IT_HOLDS);

  private void start(SimulatedNetworkBuilder network) {
    whole = new WholeJob(network.start());
  }

  private static SimulatedNetworkBuilder oneRepo(int records) {
    return SimulatedNetwork.builder()
        .seed(61)
        .hosts(1)
        .accounts(1)
        .repoSizes(RepoSizes.fixed(records));
  }

  @AfterEach
  void close() {
    whole.close();
  }

  // ---- repos that are written to

  @Test
  void whatIsDeletedBeforeItIsWrittenIsFoundWhenTheListingIsReadAgain() throws Exception {
    // Its first thousand records are written while the others are listed, none of which waits.
    start(oneRepo(1_900));
    whole.network.host(0).order(Fault.latency(Duration.ofMillis(20)).on(LIST_RECORDS));
    whole.listing();
    AtUri first = whole.network.expectedRecords(NOTE.value()).findFirst().orElseThrow().uri();
    AtomicBoolean begun = new AtomicBoolean();
    CountDownLatch never = new CountDownLatch(1);
    KeepingSink slow =
        new KeepingSink(KeepingSink.Kind.TELLS_WHAT_IT_HOLDS) {
          @Override
          public WriteCounts writeCounted(List<RecordEvent> events) throws Exception {
            if (begun.compareAndSet(false, true)) {
              whole.network.delete(first);
              // The listing ends meanwhile; a second one would, too, if it did not wait.
              for (int i = 0; i < 100 && whole.network.host(0).requests(LATEST_COMMIT) < 4; i++) {
                assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
              }
            }
            return super.writeCounted(events);
          }
        };

    BackfillProgress ended = whole.run(whole.collections(NOTE), slow);

    assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
    assertThat(whole.network.host(0).requests(LATEST_COMMIT)).as("it moved").isEqualTo(4);
    assertThat(slow.visible()).isEqualTo(whole.expected(NOTE)).doesNotContainKey(first);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRepoThatIsWrittenToWhileItIsReadEndsRightAfterAQuietPass(boolean listing) throws Exception {
    AtomicBoolean quiet = new AtomicBoolean();
    AtomicInteger writes = new AtomicInteger();
    start(
        oneRepo(700)
            .onRequest(
                request -> {
                  boolean reads =
                      request.method().equals(LIST_RECORDS) || request.method().equals(GET_REPO);
                  if (reads && !quiet.get() && writes.getAndIncrement() < 60) {
                    writeSomewhere(writes.get());
                  }
                }));
    if (listing) {
      whole.listing();
    } else {
      whole.exporting();
      whole
          .network
          .host(0)
          .order(Fault.writtenWhileRead(() -> writeSomewhere(writes.get())).on(GET_REPO).next(3));
    }
    Map<AtUri, Cid> atFirst = whole.expected();

    for (int pass = 0; pass < 3; pass++) {
      BackfillProgress ended = whole.run(whole.everyHost(), sink);
      assertThat(ended.state()).as(ended.toString()).isEqualTo(JobState.COMPLETED);
      Map<AtUri, Cid> throughout = new HashMap<>(atFirst);
      throughout.entrySet().retainAll(whole.expected().entrySet());
      assertThat(sink.visible()).as("what stood throughout").containsAllEntriesOf(throughout);
    }
    quiet.set(true);
    whole.run(whole.everyHost(), sink);
    assertThat(sink.visible()).isEqualTo(whole.expected());
    assertThat(writes.get()).as("it was written to").isGreaterThan(2);
  }

  private void writeSomewhere(int number) {
    List<AtUri> all = whole.network.expectedRecords().map(record -> record.uri()).toList();
    int at = number * 7919 % all.size();
    if (number % 3 == 0) {
      whole.network.delete(all.get(at));
    } else {
      whole.network.put(all.get(at), "{\"text\":\"written " + number + "\"}");
    }
  }

  @Test
  void aHostThatFellBackIsNotBelieved() throws Exception {
    start(oneRepo(30));
    whole.listing();
    whole.run(whole.everyHost(), sink);
    final Map<AtUri, Cid> before = sink.visible();
    SimulatedAccount account = whole.network.account(0);
    String older = older(account.rev().value());
    whole
        .network
        .host(0)
        .order(Fault.body(json -> json.replace(account.rev().value(), older)).on(LATEST_COMMIT));
    whole.network.host(0).order(Fault.body(json -> "{\"records\":[]}").on(LIST_RECORDS));

    BackfillProgress ended;
    try (Backfill backfill = whole.engine(sink).maxAttempts(2).build()) {
      ended = WholeJob.run(backfill, repos(account.did()));
    }

    assertThat(failure(ended, account.did()).kind()).isEqualTo(ErrorKind.STALE_REPO);
    assertThat(sink.visible()).isEqualTo(before);
  }

  private static String older(String rev) {
    return "2" + rev.substring(1);
  }

  // ---- where keys are looked up

  @Test
  void aDirectoryThatIsAwayWhenKeysAreLookedUpIsNotTheHostsFailure() throws Exception {
    start(
        SimulatedNetwork.builder()
            .seed(62)
            .hosts(2)
            .accounts(30)
            .repoSizes(RepoSizes.uniform(1, 60)));
    whole.exporting();
    whole.network.directory().order(Fault.status(503).after(10).next(40));

    BackfillProgress ended;
    try (Backfill backfill = whole.engine(sink).confirmHosts(false).maxAttempts(1).build()) {
      ended = WholeJob.run(backfill, whole.everyHost());
    }

    assertThat(ended.state()).as(ended.toString()).isEqualTo(JobState.COMPLETED);
    assertThat(whole.outcomes(ended).values()).allMatch(entry -> entry.attempts() == 0);
    assertThat(ended.counts().errors()).containsOnlyKeys(ErrorKind.SERVER_ERROR);
    assertThat(sink.visible()).isEqualTo(whole.expected());
    assertThat(ended.hosts().down()).isZero();
  }

  // ---- accounts

  @ParameterizedTest
  @EnumSource
  void anAccountThatIsHiddenIsShownAgainThoughTheStoresAreNew(KeepingSink.Kind kind)
      throws Exception {
    start(oneRepo(20));
    KeepingSink keeping = new KeepingSink(kind);
    Did did = whole.network.account(0).did();
    whole.run(repos(did), keeping);
    whole.network.setStatus(did, AccountStatus.SUSPENDED);
    whole.run(repos(did), keeping);
    assertThat(keeping.visible()).isEmpty();
    whole.network.setStatus(did, AccountStatus.ACTIVE);

    try (Backfill backfill = whole.engine(keeping).stores(new InMemoryStores()).build()) {
      WholeJob.run(backfill, repos(did));
    }

    assertThat(keeping.visible()).isEqualTo(whole.expected()).isNotEmpty();
  }

  private static BackfillJob repos(Did... dids) {
    return new BackfillJob.Repos(List.of(dids), Set.of());
  }

  private io.github.atprotobackfill.failure.Failure failure(BackfillProgress ended, Did did) {
    RepoEntry entry = whole.outcomes(ended).get(did);
    assertThat(entry.failure()).as("%s", entry).isNotNull();
    return entry.failure();
  }

  // ---- the engine itself

  @Test
  void anErrorInASinkEndsTheJobInsteadOfHangingIt() throws Exception {
    start(oneRepo(20));
    BackfillProgress ended =
        whole.run(
            whole.everyHost(),
            batch -> {
              throw new NoClassDefFoundError("not on the path");
            });
    assertThat(ended.state()).isEqualTo(JobState.FAILED);
    assertThat(ended.reason().orElseThrow()).contains("not on the path");
  }

  @Test
  void anErrorInATurnEndsTheJobInsteadOfHangingIt() throws Exception {
    start(SimulatedNetwork.builder().seed(63).hosts(2).accounts(20));
    RecordFetcher broken =
        new RecordFetcher() {
          @Override
          public FetchChoice choice(FetchRequest request) {
            return new FetchChoice(FetchChoice.Way.EXPORT, "", 1, Duration.ZERO);
          }

          @Override
          public RepoReading open(FetchRequest request, FetchChoice choice) {
            return new RepoReading() {
              @Override
              public FetchTurn turn() {
                throw new OutOfMemoryError("simulated");
              }
            };
          }
        };
    try (Backfill backfill = whole.engine(sink).fetcher(broken).build()) {
      BackfillProgress ended = WholeJob.run(backfill, whole.everyHost());
      assertThat(ended.state()).isEqualTo(JobState.FAILED);
      assertThat(ended.reason().orElseThrow()).contains("OutOfMemoryError: simulated");
    }
  }

  @Test
  void aStoreThatFailsRightAfterAClaimHoldsNothingUp() throws Exception {
    start(SimulatedNetwork.builder().seed(64).hosts(2).accounts(600).repoSizes(RepoSizes.fixed(2)));
    InMemoryStores sound = new InMemoryStores();
    AtomicInteger faults = new AtomicInteger(6);
    RepoStates failing =
        new RepoStates() {
          @Override
          public Map<Did, HeldRepo> find(Collection<Did> dids) {
            if (faults.getAndDecrement() > 0) {
              throw new StoreException("away for a moment", null);
            }
            return sound.states().find(dids);
          }

          @Override
          public void save(List<HeldRepo> repos) {
            sound.states().save(repos);
          }
        };
    record Stores(ProgressStore progress, WorkQueue queue, RepoStates states)
        implements BackfillStores {}

    try (Backfill backfill =
        whole
            .engine(sink)
            .stores(new Stores(sound.progress(), sound.queue(), failing))
            .leaseFor(Duration.ofMillis(500))
            .build()) {
      BackfillProgress ended =
          WholeJob.run(
              backfill,
              repos(whole.network.accounts().map(SimulatedAccount::did).toArray(Did[]::new)));
      assertThat(ended.state()).as(ended.toString()).isEqualTo(JobState.COMPLETED);
    }
    assertThat(faults.get()).isNegative();
    assertThat(sink.visible()).isEqualTo(whole.expected());
  }
}

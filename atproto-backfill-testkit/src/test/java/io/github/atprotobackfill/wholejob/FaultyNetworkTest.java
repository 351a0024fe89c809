package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static io.github.atprotobackfill.wholejob.WholeJob.POST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyNetworkTest {

  private static final String LIST_RECORDS = "com.atproto.repo.listRecords";

  private WholeJob whole;
  private final MemorySink sink = new MemorySink();

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
                SimulatedNetwork.builder()
                    .seed(8)
                    .hosts(6)
                    .accounts(90)
                    .repoSizes(RepoSizes.zipf(250, 0.9))
                    .start())
            .listing();
  }

  @AfterEach
  void close() {
    whole.close();
  }

  @Test
  void everyFaultAtOnceAndTheJobEndsHonestly() throws Exception {
    List<SimulatedHost> hosts = whole.network.hosts();
    hosts.get(0).stopListening();
    hosts.get(1).order(Fault.rateLimit(40, Duration.ofSeconds(1)));
    hosts
        .get(2)
        .order(Fault.latency(Duration.ofMillis(30)), Fault.status(503).withProbability(0.1));
    hosts.get(3).order(Fault.reset().withProbability(0.1), Fault.truncated().withProbability(0.1));
    hosts.get(4).order(Fault.html().withProbability(0.1), Fault.invalidJson().withProbability(0.1));
    hosts.get(5).order(Fault.bareTooManyRequests().withProbability(0.05));
    hosts.get(2).order(Fault.silence().on(LIST_RECORDS).next(2), Fault.duplicateRows());
    hosts.get(3).order(Fault.trickle(100).on(LIST_RECORDS).next(1), Fault.overlappingPages(3));
    hosts.get(4).order(Fault.endless().on(LIST_RECORDS).next(1));
    hosts.get(5).order(Fault.gzipBomb(1L << 30).on(LIST_RECORDS).next(1));
    hosts.get(5).order(Fault.missingField("cid").on(LIST_RECORDS).next(1));
    whole.network.relay().order(Fault.status(502).next(2), Fault.reset().next(1));
    whole.network.directory().order(Fault.status(500).withProbability(0.1));

    BackfillProgress ended = whole.run(whole.collections(NOTE, POST), sink);

    assertThat(ended.state()).isEqualTo(JobState.INCOMPLETE);
    assertThat(ended.repos().open()).isZero();
    assertExactlyWhatIsDoneArrived(ended, NOTE, POST);
    assertThat(whole.outcomes(ended).values())
        .as("each that failed says why, and where")
        .filteredOn(entry -> entry.state() == RepoState.FAILED)
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry.failure().message()).contains("localhost"));
    assertThat(ended.counts().errors())
        .containsKeys(ErrorKind.CONNECT, ErrorKind.RATE_LIMITED, ErrorKind.INVALID_RESPONSE);
  }

  @Test
  void theRetryOfSuchAJobTakesJustWhatIsMissing() throws Exception {
    SimulatedHost dead = whole.network.host(0);
    dead.stopListening();
    BackfillProgress ended = whole.run(whole.collections(NOTE, POST), sink);
    assertThat(ended.repos().failed()).isPositive();
    dead.listenAgain();
    whole.network.hosts().forEach(SimulatedHost::resetCounters);

    BackfillProgress retried;
    try (Backfill backfill = whole.engine(sink).build()) {
      retried = WholeJob.run(backfill, backfill.jobs().retryOf(ended.job()));
    }

    assertThat(retried.state()).isEqualTo(JobState.COMPLETED);
    assertThat(retried.repos().discovered()).isEqualTo(ended.repos().failed());
    assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
    assertThat(whole.network.hosts().subList(1, 6)).allMatch(host -> host.requests() == 0);
  }

  @Test
  void aRateLimitIsNobodysFailureAndIsNeverOverrunForLong() throws Exception {
    SimulatedHost limited = whole.network.host(2);
    limited.order(Fault.rateLimit(30, Duration.ofSeconds(1)));

    BackfillProgress ended = whole.run(whole.collections(NOTE, POST), sink);

    assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
    assertThat(whole.outcomes(ended).values()).allMatch(entry -> entry.attempts() == 0);
    assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
  }

  @Test
  void aDirectoryThatIsDownForAWhileCostsNoRepo() throws Exception {
    whole.network.directory().order(Fault.status(503).next(60));

    BackfillProgress ended = whole.run(whole.collections(NOTE, POST), sink);

    assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
    assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
  }

  @Test
  void aDirectoryThatStaysDownIsSaidSoOfEveryRepo() throws Exception {
    whole.network.directory().stopListening();

    BackfillProgress ended = whole.run(whole.collections(NOTE), sink);

    assertThat(ended.state()).isEqualTo(JobState.INCOMPLETE);
    assertThat(ended.repos().failed()).isEqualTo(ended.repos().discovered());
    assertThat(sink.records).isEmpty();
  }

  @Test
  void anAccountThatMovesWhileTheJobRunsIsFoundWhereItWent() throws Exception {
    SimulatedAccount moving = busiest();
    SimulatedHost old = moving.host();
    SimulatedHost other =
        whole.network.hosts().stream().filter(host -> host != old).findFirst().orElseThrow();
    try (Backfill backfill =
        whole
            .engine(
                batch -> {
                  sink.write(batch);
                  if (whole.network.account(moving.did()).status() == AccountStatus.ACTIVE
                      && batch.stream().anyMatch(event -> event.did().equals(moving.did()))) {
                    whole.network.migrate(moving.did(), other);
                  }
                })
            .build()) {
      BackfillProgress ended = WholeJob.run(backfill, whole.collections(NOTE, POST));
      assertThat(ended.state()).as(ended.toString()).isEqualTo(JobState.COMPLETED);
      assertThat(whole.outcomes(ended).get(moving.did()).state()).isEqualTo(RepoState.DONE);
    }
    assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
  }

  @Test
  void aRelayWithoutTheListingIsSaidSo() throws Exception {
    whole.network.relay().order(Fault.unsupported(400));

    BackfillProgress ended = whole.run(whole.collections(NOTE), sink);

    assertThat(ended.state()).isEqualTo(JobState.INCOMPLETE);
    assertThat(ended.reason().orElseThrow()).contains("not_supported", "listReposByCollection");
    assertThat(whole.stores.progress().discovery(ended.job()))
        .singleElement()
        .extracting(DiscoveryState::failure)
        .isNotNull();
  }

  @Test
  void aRelayWithoutTheListingIsReplacedByItsHostsIfWished() throws Exception {
    whole
        .network
        .relay()
        .order(Fault.unsupported(404).on("com.atproto.sync.listReposByCollection"));

    BackfillProgress ended =
        whole.run(
            new BackfillJob.Collections(
                List.of(whole.network.relay().url()), Set.of(NOTE, POST), true),
            sink);

    assertThat(ended.state()).as(ended.toString()).isEqualTo(JobState.COMPLETED);
    assertThat(sink.records).isEqualTo(whole.expected(NOTE, POST));
  }

  @Test
  void aListingThatGoesInCirclesStopsWithAnError() throws Exception {
    whole.network.relay().order(Fault.loopingCursor());
    whole.network.host(1).order(Fault.loopingCursor().on(LIST_RECORDS));

    BackfillProgress ended = whole.run(whole.everyHost(), sink);

    assertThat(ended.state()).isEqualTo(JobState.INCOMPLETE);
    assertExactlyWhatIsDoneArrived(ended);
    assertThat(ended.counts().errors()).containsKey(ErrorKind.INVALID_RESPONSE);
  }

  @Test
  void hostilePagesHarmOnlyTheirOwnRepos() throws Exception {
    whole.network.host(0).order(Fault.endless().on(LIST_RECORDS).next(2));
    whole.network.host(1).order(Fault.gzipBomb(1L << 30).on(LIST_RECORDS).next(2));
    whole.network.host(2).order(Fault.missingField("records").on(LIST_RECORDS).next(2));
    whole
        .network
        .host(3)
        .order(Fault.foreignRepo(Did.parse("did:plc:zzzzzzzzzzzzzzzzzzzzzzzz")).on(LIST_RECORDS));

    BackfillProgress ended = whole.run(whole.collections(NOTE, POST), sink);

    assertThat(ended.repos().open()).isZero();
    assertThat(sink.records.keySet())
        .as("nothing of another account got in")
        .isSubsetOf(whole.expected(NOTE, POST).keySet());
    assertThat(ended.counts().rejected()).isPositive();
  }

  private SimulatedAccount busiest() {
    return whole
        .network
        .accounts()
        .max(
            Comparator.comparingLong(
                account -> whole.network.expectedRecords(account.did(), NOTE.value()).count()))
        .orElseThrow();
  }

  private void assertExactlyWhatIsDoneArrived(BackfillProgress ended, Nsid... collections) {
    Map<Did, RepoEntry> outcomes = whole.outcomes(ended);
    Map<AtUri, Cid> expected = whole.expected(collections);
    expected.keySet().removeIf(uri -> outcomes.get(uri.did()).state() != RepoState.DONE);
    Map<AtUri, Cid> ofDone = new HashMap<>(sink.records);
    ofDone.keySet().removeIf(uri -> outcomes.get(uri.did()).state() != RepoState.DONE);
    assertThat(ofDone).isEqualTo(expected);
  }
}

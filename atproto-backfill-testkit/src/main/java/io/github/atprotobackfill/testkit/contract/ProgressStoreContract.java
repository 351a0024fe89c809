package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.WEIRD;
import static io.github.atprotobackfill.testkit.contract.Samples.repos;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What {@link ProgressStore} promises: equal jobs are one, terminal is final, nothing counted is
 * lost. Extend it and give it a {@link StoreHarness}.
 */
public abstract class ProgressStoreContract extends StoreContract {

  /** How each state is reached from {@code PENDING}. */
  private static final Map<JobState, List<JobState>> WAYS =
      Map.of(
          JobState.PENDING, List.of(),
          JobState.RUNNING, List.of(JobState.RUNNING),
          JobState.PAUSED, List.of(JobState.RUNNING, JobState.PAUSED),
          JobState.CANCELLING, List.of(JobState.RUNNING, JobState.CANCELLING),
          JobState.COMPLETED, List.of(JobState.RUNNING, JobState.COMPLETED),
          JobState.INCOMPLETE, List.of(JobState.RUNNING, JobState.INCOMPLETE),
          JobState.FAILED, List.of(JobState.FAILED),
          JobState.CANCELLED, List.of(JobState.CANCELLED));

  private ProgressStore progress() {
    return stores().progress();
  }

  private Job find(UUID id) {
    return progress().find(id).orElseThrow();
  }

  private UUID jobIn(JobState state) {
    UUID id = newJob().id();
    JobState at = JobState.PENDING;
    for (JobState next : WAYS.getOrDefault(state, List.of())) {
      assertThat(progress().move(id, at, next, null)).as("%s becomes %s", at, next).isTrue();
      at = next;
    }
    return id;
  }

  @Test
  void aNewJobIsPendingAndFoundAsItWasOpened() {
    JobSpec spec = newSpec();

    Job job = progress().open(spec);

    assertThat(job)
        .returns(spec, Job::spec)
        .returns(JobState.PENDING, Job::state)
        .returns(null, Job::reason)
        .returns(null, Job::startedAt)
        .returns(null, Job::endedAt)
        .returns(JobCounts.NONE, Job::counts);
    assertThat(otherProcess().progress().find(job.id())).contains(job);
    assertThat(progress().find(UUID.randomUUID())).isEmpty();
  }

  @Test
  void anEqualJobThatHasNotEndedIsJoined() {
    for (JobState state : JobState.values()) {
      UUID id = jobIn(state);

      Job opened = otherProcess().progress().open(find(id).spec());

      assertThat(opened.id().equals(id)).as("joins one %s", state).isEqualTo(!state.terminal());
      assertThat(opened.state()).isEqualTo(state.terminal() ? JobState.PENDING : state);
      assertThat(progress().open(opened.spec()).id()).isEqualTo(opened.id());
    }
  }

  @Test
  void ofSeveralThatOpenEqualJobsAtOnceAllGetTheSame() throws Exception {
    for (int i = 0; i < 20; i++) {
      JobSpec spec = newSpec();

      List<UUID> ids = AtOnce.call(thread -> process(thread).progress().open(spec).id());

      assertThat(new HashSet<>(ids)).hasSize(1);
      assertThat(progress().list(1000)).filteredOn(job -> job.spec().equals(spec)).hasSize(1);
    }
  }

  @Test
  void specsThatDifferInAnyCharacterAreDifferentJobs() {
    String longBody = "did:plc:".repeat(20_000);
    List<JobSpec> specs =
        List.of(
            new JobSpec("a", "b"),
            new JobSpec("A", "b"),
            new JobSpec("a", "B"),
            new JobSpec("a", "b "),
            new JobSpec("ab", ""),
            new JobSpec("a", "\u00e9"),
            new JobSpec("a", "e\u0301"),
            new JobSpec("a", WEIRD),
            new JobSpec("a", longBody + "1"),
            new JobSpec("a", longBody + "2"));

    Set<UUID> ids = new HashSet<>();
    for (JobSpec spec : specs) {
      Job job = progress().open(spec);
      ids.add(job.id());
      assertThat(find(job.id()).spec()).isEqualTo(spec);
    }

    assertThat(ids).hasSameSizeAs(specs);
  }

  @Test
  void aJobMovesOnlyAsItsStateAllows() {
    for (JobState from : JobState.values()) {
      for (JobState to : JobState.values()) {
        UUID id = jobIn(from);

        boolean moved = progress().move(id, from, to, null);

        assertThat(moved).as("%s becomes %s", from, to).isEqualTo(from.mayBecome(to));
        assertThat(find(id).state()).isEqualTo(moved ? to : from);
      }
    }
  }

  @Test
  void aJobMovesOnlyFromTheStateItIsIn() {
    UUID id = jobIn(JobState.PAUSED);

    assertThat(progress().move(id, JobState.RUNNING, JobState.COMPLETED, "late")).isFalse();
    // Allowed from both states: only a store that compares tells them apart.
    assertThat(progress().move(id, JobState.RUNNING, JobState.CANCELLING, "late")).isFalse();
    assertThat(progress().move(UUID.randomUUID(), JobState.PENDING, JobState.RUNNING, null))
        .isFalse();

    assertThat(find(id)).returns(JobState.PAUSED, Job::state).returns(null, Job::reason);
  }

  @Test
  void ofSeveralThatEndAJobAtOnceExactlyOneWins() throws Exception {
    List<JobState> ends =
        List.of(JobState.COMPLETED, JobState.CANCELLING, JobState.INCOMPLETE, JobState.FAILED);
    for (int i = 0; i < 20; i++) {
      UUID id = jobIn(JobState.RUNNING);

      List<Boolean> won =
          AtOnce.call(
              thread -> {
                JobState end = ends.get(thread % ends.size());
                return process(thread).progress().move(id, JobState.RUNNING, end, "by " + thread);
              });

      assertThat(won).containsOnlyOnce(true);
      Job ended = find(id);
      assertThat(ended.reason()).isEqualTo("by " + won.indexOf(true));
      assertThat(ended.state()).isEqualTo(ends.get(won.indexOf(true) % ends.size()));
    }
  }

  @Test
  void aCancelledJobNeverBecomesCompleted() {
    UUID id = jobIn(JobState.RUNNING);
    progress().move(id, JobState.RUNNING, JobState.CANCELLING, "asked to");

    assertThat(progress().move(id, JobState.RUNNING, JobState.COMPLETED, null)).isFalse();
    assertThat(progress().move(id, JobState.CANCELLING, JobState.COMPLETED, null)).isFalse();
    assertThat(progress().move(id, JobState.CANCELLING, JobState.CANCELLED, "done")).isTrue();
    assertThat(progress().move(id, JobState.CANCELLED, JobState.COMPLETED, null)).isFalse();

    assertThat(find(id)).returns(JobState.CANCELLED, Job::state).returns("done", Job::reason);
  }

  @Test
  void startAndEndAreRemembered() throws Exception {
    UUID id = jobIn(JobState.RUNNING);
    Instant started = find(id).startedAt();
    assertThat(started).isNotNull().isAfterOrEqualTo(find(id).createdAt());
    harness().advance(ClaimContract.LEASE);
    progress().move(id, JobState.RUNNING, JobState.PAUSED, WEIRD);
    assertThat(find(id).reason()).isEqualTo(WEIRD);

    progress().move(id, JobState.PAUSED, JobState.RUNNING, null);
    assertThat(find(id))
        .returns(null, Job::reason)
        .returns(started, Job::startedAt)
        .returns(null, Job::endedAt);

    progress().move(id, JobState.RUNNING, JobState.COMPLETED, null);
    assertThat(find(id).startedAt()).isEqualTo(started);
    assertThat(find(id).endedAt()).isNotNull().isAfterOrEqualTo(started);
  }

  @Test
  void theNewestJobsAreListedFirst() {
    List<UUID> opened = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      opened.add(newJob().id());
    }

    List<Job> listed = progress().list(100);

    assertThat(listed).extracting(Job::id).containsExactlyInAnyOrderElementsOf(opened);
    for (int i = 1; i < listed.size(); i++) {
      assertThat(listed.get(i).createdAt()).isBeforeOrEqualTo(listed.get(i - 1).createdAt());
    }
    assertThat(progress().list(4)).isEqualTo(listed.subList(0, 4));
  }

  @Test
  void howFarEachSourceWasListedIsReplaced() {
    UUID id = newJob().id();
    UUID other = newJob().id();
    String relay = "relay:https://relay.example.com/" + "x".repeat(300);
    String weird = WEIRD.strip();
    Failure failure = new Failure(ErrorKind.SERVER_ERROR, "502 from " + HOST);
    progress().saveDiscovery(id, DiscoveryState.begin(relay));
    progress().saveDiscovery(id, new DiscoveryState(relay, "page 1", false, 1000, 900, null));
    progress().saveDiscovery(id, new DiscoveryState(weird, WEIRD, false, 7, 7, null));
    progress().saveDiscovery(other, new DiscoveryState(relay, "another job's", false, 5, 5, null));
    assertThat(progress().discovery(id))
        .containsExactlyInAnyOrder(
            new DiscoveryState(relay, "page 1", false, 1000, 900, null),
            new DiscoveryState(weird, WEIRD, false, 7, 7, null));

    DiscoveryState relayDone = new DiscoveryState(relay, null, true, 1_999, 1_800, null);
    DiscoveryState weirdFailed =
        new DiscoveryState(weird, "c".repeat(4096), true, 5_000_000_000L, 6_000_000_000L, failure);
    progress().saveDiscovery(id, relayDone);
    progress().saveDiscovery(id, weirdFailed);

    assertThat(otherProcess().progress().discovery(id))
        .containsExactlyInAnyOrder(relayDone, weirdFailed);
    assertThat(progress().discovery(newJob().id())).isEmpty();
  }

  @Test
  void oneWorkerListsAtATime() {
    UUID id = jobIn(JobState.RUNNING);
    UUID other = jobIn(JobState.RUNNING);

    assertThat(hold(id, "a")).isTrue();

    assertThat(otherProcess().progress().holdDiscovery(id, "b", ClaimContract.LEASE)).isFalse();
    assertThat(otherProcess().progress().holdDiscovery(other, "b", ClaimContract.LEASE)).isTrue();
    assertThat(hold(other, "a")).isFalse();
    assertThat(hold(id, "a")).as("goes on having it").isTrue();
    assertThat(hold(UUID.randomUUID(), "a")).as("of a job that is not there").isFalse();
  }

  @Test
  void ofSeveralThatWantToListExactlyOneMay() throws Exception {
    for (int i = 0; i < 20; i++) {
      UUID id = newJob().id();

      List<Boolean> first = AtOnce.call(thread -> holdAs(thread, "early ", id));
      assertThat(first).containsOnlyOnce(true);

      harness().advance(ClaimContract.LEASE.multipliedBy(2));
      assertThat(AtOnce.call(thread -> holdAs(thread, "late ", id))).containsOnlyOnce(true);
    }
  }

  private boolean holdAs(int thread, String name, UUID id) {
    return process(thread).progress().holdDiscovery(id, name + thread, ClaimContract.LEASE);
  }

  @Test
  void whoNoLongerCallsLosesTheListing() throws Exception {
    UUID id = jobIn(JobState.RUNNING);
    Duration most = ClaimContract.LEASE.dividedBy(4).multipliedBy(3);
    assertThat(hold(id, "a")).isTrue();
    harness().advance(most);
    assertThat(hold(id, "a")).isTrue();
    harness().advance(most);
    assertThat(hold(id, "b")).as("renewed in time").isFalse();

    harness().advance(most);

    assertThat(hold(id, "b")).isTrue();
    assertThat(hold(id, "a")).as("comes back too late").isFalse();
  }

  @Test
  void whoGivesTheListingUpLeavesItToTheNextAtOnce() {
    UUID id = jobIn(JobState.RUNNING);
    assertThat(hold(id, "a")).isTrue();
    assertThat(progress().holdDiscovery(id, "b", Duration.ZERO)).isFalse();
    assertThat(hold(id, "b")).as("only its own is given up").isFalse();

    assertThat(progress().holdDiscovery(id, "a", Duration.ZERO)).isFalse();

    assertThat(hold(id, "b")).isTrue();
  }

  private boolean hold(UUID id, String worker) {
    return progress().holdDiscovery(id, worker, ClaimContract.LEASE);
  }

  @Test
  void aLostJobIsPutBackAsItWas() {
    Job unfinished = lost(newSpec(), JobState.RUNNING);
    Job ended = lost(newSpec(), JobState.FAILED);

    assertThat(progress().restore(unfinished)).isTrue();
    assertThat(progress().restore(ended)).isTrue();

    assertThat(find(unfinished.id())).isEqualTo(unfinished);
    assertThat(find(ended.id())).isEqualTo(ended);
    ProgressStore other = otherProcess().progress();
    assertThat(other.open(unfinished.spec()).id()).as("is joined").isEqualTo(unfinished.id());
    assertThat(other.open(ended.spec()).id()).as("has ended").isNotEqualTo(ended.id());
    other.addCounts(unfinished.id(), unfinished.counts());
    assertThat(find(unfinished.id()).counts())
        .isEqualTo(unfinished.counts().plus(unfinished.counts()));
    assertThat(other.move(unfinished.id(), JobState.RUNNING, JobState.COMPLETED, null)).isTrue();
    assertThat(other.open(unfinished.spec()).id()).isNotEqualTo(unfinished.id());
  }

  @Test
  void aJobThatIsKnownStaysAsItIs() {
    UUID id = jobIn(JobState.RUNNING);
    Job before = find(id);
    progress().saveDiscovery(id, DiscoveryState.begin("relay"));
    progress().addCounts(id, new JobCounts(1, 2, 3, 4, 5, 6, 7, Map.of(ErrorKind.TLS, 8L)));
    progress().move(id, JobState.RUNNING, JobState.COMPLETED, "well");
    Job known = find(id);

    assertThat(progress().restore(before)).isTrue();

    assertThat(find(id)).isEqualTo(known);
    assertThat(progress().discovery(id)).containsExactly(DiscoveryState.begin("relay"));
    assertThat(progress().open(known.spec()).id()).isNotEqualTo(id);
  }

  @Test
  void aLostJobWhoseEqualWasOpenedSinceIsNotPutBack() {
    Job since = newJob();
    Job lost = lost(since.spec(), JobState.RUNNING);

    assertThat(progress().restore(lost)).isFalse();

    assertThat(progress().find(lost.id())).isEmpty();
    assertThat(progress().open(since.spec())).isEqualTo(since);
  }

  @Test
  void aJobThatSeveralPutBackAtOnceIsThereOnce() throws Exception {
    for (int i = 0; i < 20; i++) {
      Job lost = lost(newSpec(), JobState.RUNNING);

      assertThat(AtOnce.call(thread -> process(thread).progress().restore(lost)))
          .containsOnly(true);

      assertThat(find(lost.id())).isEqualTo(lost);
    }
  }

  private static Job lost(JobSpec spec, JobState state) {
    Instant created = Instant.parse("2026-02-03T04:05:06.789Z");
    return new Job(
        UUID.randomUUID(),
        spec,
        state,
        WEIRD,
        created,
        created.plusMillis(1),
        state.terminal() ? created.plusSeconds(1) : null,
        new JobCounts(
            1, 2_000_000_000_000L, 3, 4, 5, 6, 7, Map.of(ErrorKind.DNS, 8L, ErrorKind.SINK, 9L)));
  }

  @Test
  void countsOfAllKindsAddUp() {
    UUID id = newJob().id();
    Map<ErrorKind, Long> everyError = new EnumMap<>(ErrorKind.class);
    for (ErrorKind kind : ErrorKind.values()) {
      everyError.put(kind, 100L + everyError.size());
    }
    JobCounts large = new JobCounts(1, 5_000_000_000L, 3, 4, 5, 6, 7, everyError);

    progress().addCounts(id, large);
    progress().addCounts(id, JobCounts.NONE);
    progress().addCounts(id, large);

    assertThat(find(id).counts()).isEqualTo(large.plus(large));
  }

  @Test
  void nothingThatSeveralCountAtOnceIsLost() throws Exception {
    UUID id = newJob().id();
    JobCounts change = new JobCounts(1, 2, 3, 4, 5, 6, 7, Map.of(ErrorKind.DNS, 1L));

    AtOnce.call(
        thread -> {
          for (int i = 0; i < 25; i++) {
            process(thread).progress().addCounts(id, change);
          }
          return thread;
        });

    long n = 25L * AtOnce.THREADS;
    assertThat(find(id).counts())
        .isEqualTo(
            new JobCounts(n, 2 * n, 3 * n, 4 * n, 5 * n, 6 * n, 7 * n, Map.of(ErrorKind.DNS, n)));
  }

  @Test
  void purgingForgetsJobsThatEndedBeforeWithTheirQueues() throws Exception {
    UUID ended = jobIn(JobState.COMPLETED);
    stores().queue().enqueue(ended, repos(0, 3, HOST));
    progress().saveDiscovery(ended, DiscoveryState.begin("relay"));

    assertThat(progress().purge(ClaimContract.LEASE)).isEmpty();
    assertThat(progress().find(ended)).isPresent();
    harness().advance(ClaimContract.LEASE.multipliedBy(2));
    UUID endedLater = jobIn(JobState.INCOMPLETE);
    assertThat(progress().purge(ClaimContract.LEASE)).containsExactly(ended);

    assertThat(progress().find(ended)).isEmpty();
    assertThat(progress().discovery(ended)).isEmpty();
    assertThat(progress().list(10)).extracting(Job::id).containsExactly(endedLater);
    assertThat(stores().queue().stats(ended).total()).isZero();
  }

  @Test
  void purgingSparesWhatHasNotEnded() throws Exception {
    List<UUID> spared = new ArrayList<>();
    List<UUID> purged = new ArrayList<>();
    for (JobState state : JobState.values()) {
      UUID id = jobIn(state);
      stores().queue().enqueue(id, repos(0, 2, HOST));
      (state.terminal() ? purged : spared).add(id);
    }
    harness().advance(Duration.ofDays(1000));

    assertThat(progress().purge(Duration.ofDays(1))).containsExactlyInAnyOrderElementsOf(purged);

    assertThat(spared)
        .allSatisfy(
            id -> {
              assertThat(progress().find(id)).isPresent();
              assertThat(stores().queue().stats(id).total()).isEqualTo(2);
            });
    assertThat(purged).allSatisfy(id -> assertThat(progress().find(id)).isEmpty());
  }

  @Test
  void jobsOutliveTheProcess() throws Exception {
    UUID id = jobIn(JobState.RUNNING);
    DiscoveryState discovery = new DiscoveryState("relay", "page 7", false, 7000, 6999, null);
    progress().saveDiscovery(id, discovery);
    progress().addCounts(id, new JobCounts(1, 2, 3, 4, 5, 6, 7, Map.of(ErrorKind.TLS, 8L)));
    Job before = find(id);

    restart();

    assertThat(find(id)).isEqualTo(before);
    assertThat(progress().discovery(id)).containsExactly(discovery);
    assertThat(progress().open(before.spec()).id()).isEqualTo(id);
  }
}

package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.OTHER_HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.WEIRD;
import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.longestDid;
import static io.github.atprotobackfill.testkit.contract.Samples.repo;
import static io.github.atprotobackfill.testkit.contract.Samples.repos;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What {@link io.github.atprotobackfill.progress.WorkQueue} promises: every repo is worked on, by
 * one at a time, whoever dies meanwhile. Extend it and give it a {@link StoreHarness}.
 */
public abstract class WorkQueueContract extends ClaimContract {

  private static final Failure FAILURE = new Failure(ErrorKind.TIMEOUT, "no answer from " + HOST);
  private static final Duration NOW = Duration.ZERO;
  private static final Set<RepoState> ALL = EnumSet.allOf(RepoState.class);

  @Test
  void aStaleUpdateIsRefusedAndTheOthersOfTheCallStand() throws Exception {
    queue().enqueue(job(), repos(0, 2, HOST));
    List<Lease> stale = claim(HOST, 2);
    harness().advance(LEASE.plusSeconds(1));
    Lease newer = claimOne(HOST);
    Lease overrun = leaseOf(newer.did(), stale);
    Lease kept = stale.get(stale.indexOf(overrun) == 0 ? 1 : 0);

    Set<Did> lost =
        apply(new LeaseUpdate.Done(overrun, rev(1)), new LeaseUpdate.Done(kept, rev(1)));

    assertThat(lost).containsExactly(newer.did());
    assertThat(entry(newer.did())).returns(RepoState.LEASED, RepoEntry::state);
    assertThat(entry(kept.did())).returns(RepoState.DONE, RepoEntry::state);
    assertThat(apply(new LeaseUpdate.Checkpoint(overrun, "stale"))).containsExactly(newer.did());
    harness().advance(LEASE.plusSeconds(1));
    assertThat(claimOne(HOST).position()).isNull();
  }

  @Test
  void noKindOfUpdatePassesAStaleFence() throws Exception {
    enqueue(repo(1, HOST));
    Lease stale = claimOne(HOST);
    harness().advance(LEASE.plusSeconds(1));
    Lease newer = claimOne(HOST);

    for (LeaseUpdate update : everyKindOfUpdate(stale)) {
      assertThat(apply(update)).as("%s", update).containsExactly(did(1));
    }

    assertThat(entry(did(1)).attempts()).isZero();
    assertThat(claim(OTHER_HOST, 1)).isEmpty();
    assertThat(apply(new LeaseUpdate.Done(newer, rev(2)))).isEmpty();
  }

  @Test
  void aLeaseThatRanOutButWasNotTakenOverStillCounts() throws Exception {
    enqueue(repo(1, HOST));
    Lease slow = claimOne(HOST);
    harness().advance(LEASE.multipliedBy(5));

    assertThat(apply(new LeaseUpdate.Checkpoint(slow, "page 2"))).isEmpty();

    assertThat(claim(HOST, 1)).isEmpty();
    assertThat(apply(new LeaseUpdate.Done(slow, rev(2)))).isEmpty();
  }

  @Test
  void renewingGivesTheFullTimeAgain() throws Exception {
    queue().enqueue(job(), repos(0, 2, HOST));
    Lease renewed = claimOne(HOST);
    Lease checkpointed = claimOne(HOST);
    harness().advance(LEASE.minusSeconds(10));

    Set<Did> lost =
        apply(new LeaseUpdate.Renew(renewed), new LeaseUpdate.Checkpoint(checkpointed, "p"));

    assertThat(lost).isEmpty();
    harness().advance(LEASE.minusSeconds(10));
    assertThat(claim(HOST, 2)).isEmpty();
    harness().advance(Duration.ofSeconds(11));
    assertThat(claim(HOST, 2)).hasSize(2);
  }

  @Test
  void whoTakesOverGoesOnAtTheLastCheckpoint() throws Exception {
    enqueue(repo(1, HOST));
    Lease lease = claimOne(HOST);
    apply(new LeaseUpdate.Checkpoint(lease, "page 2"));
    apply(new LeaseUpdate.Checkpoint(lease, "page 3"));
    apply(new LeaseUpdate.Renew(lease));
    harness().advance(LEASE.plusSeconds(1));

    assertThat(claimOne(HOST)).returns("page 3", Lease::position).returns(0, Lease::attempts);
  }

  @Test
  void aReleasedRepoMayBeClaimedAtOnceAndIsChargedNothing() {
    enqueue(repo(1, HOST));
    Lease first = claimOne(HOST);
    apply(new LeaseUpdate.Checkpoint(first, "page 2"));

    assertThat(apply(new LeaseUpdate.Release(first, HOST, NOW, true))).isEmpty();

    assertThat(entry(did(1)).state()).isEqualTo(RepoState.QUEUED);
    assertThat(claimOne(HOST))
        .returns("page 2", Lease::position)
        .returns(0, Lease::attempts)
        .returns(rev(1), Lease::rev)
        .matches(lease -> lease.fence() > first.fence(), "has a greater fence");
  }

  @Test
  void aLeaseIsOverOnceTheRepoWasReleasedOrPutOff() {
    queue().enqueue(job(), repos(0, 2, HOST));
    Lease released = claimOne(HOST);
    Lease putOff = claimOne(HOST);
    apply(
        new LeaseUpdate.Release(released, HOST, NOW, true),
        new LeaseUpdate.Retry(putOff, HOST, NOW, FAILURE));

    Set<Did> lost =
        apply(new LeaseUpdate.Done(released, rev(1)), new LeaseUpdate.Checkpoint(putOff, "p"));

    assertThat(lost).containsExactlyInAnyOrder(released.did(), putOff.did());
    assertThat(claim(HOST, 2)).hasSize(2).allMatch(lease -> lease.position() == null);
  }

  @Test
  void aReleaseMayForgetThePositionAndChangeTheHost() {
    enqueue(repo(1, null));
    Lease unresolved = claimOne(null);
    apply(new LeaseUpdate.Release(unresolved, HOST, NOW, true));
    assertThat(claim(null, 1)).isEmpty();
    Lease moved = claimOne(HOST);
    apply(new LeaseUpdate.Checkpoint(moved, "page 2"));

    apply(new LeaseUpdate.Release(moved, OTHER_HOST, NOW, false));

    assertThat(claim(HOST, 1)).isEmpty();
    assertThat(queue().hosts(job())).containsExactlyInAnyOrder(HOST, OTHER_HOST);
    Lease there = claimOne(OTHER_HOST);
    assertThat(there).returns(OTHER_HOST, Lease::pds).returns(null, Lease::position);
    apply(new LeaseUpdate.Release(there, null, NOW, true));
    assertThat(claimOne(null)).returns(null, Lease::pds);
  }

  @Test
  void aReleaseMayHaveToWait() throws Exception {
    enqueue(repo(1, HOST));
    apply(new LeaseUpdate.Release(claimOne(HOST), HOST, Duration.ofMinutes(10), true));

    harness().advance(Duration.ofMinutes(9));
    assertThat(claim(HOST, 1)).isEmpty();
    harness().advance(Duration.ofMinutes(1).plusSeconds(1));
    assertThat(claim(HOST, 1)).hasSize(1);
  }

  @Test
  void aRetryIsChargedAndWaits() throws Exception {
    enqueue(repo(1, HOST));
    Lease first = claimOne(HOST);
    apply(new LeaseUpdate.Checkpoint(first, "page 2"));

    apply(new LeaseUpdate.Retry(first, OTHER_HOST, Duration.ofMinutes(10), FAILURE));

    assertThat(entry(did(1)))
        .returns(RepoState.RETRY, RepoEntry::state)
        .returns(1, RepoEntry::attempts)
        .returns(FAILURE, RepoEntry::failure)
        .returns(OTHER_HOST, RepoEntry::pds);
    harness().advance(Duration.ofMinutes(9));
    assertThat(claim(OTHER_HOST, 1)).isEmpty();
    harness().advance(Duration.ofMinutes(1).plusSeconds(1));
    assertThat(claim(HOST, 1)).isEmpty();
    Lease second = claimOne(OTHER_HOST);
    assertThat(second)
        .returns(1, Lease::attempts)
        .returns("page 2", Lease::position)
        .matches(lease -> lease.fence() > first.fence(), "has a greater fence");
    apply(new LeaseUpdate.Retry(second, OTHER_HOST, NOW, FAILURE));
    assertThat(claimOne(OTHER_HOST).attempts()).isEqualTo(2);
  }

  @Test
  void aRepoThatFailsAgainAndAgainGoesBehindThoseThatAreReady() throws Exception {
    queue().enqueue(job(), repos(0, 10, HOST));
    Did failing = claimAndFail();

    List<Did> next = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      harness().advance(Duration.ofSeconds(1));
      next.add(claimAndFail());
    }

    assertThat(next).doesNotContain(failing).doesNotHaveDuplicates();
    harness().advance(Duration.ofSeconds(1));
    assertThat(claimOne(HOST).did()).isEqualTo(failing);
  }

  private Did claimAndFail() {
    Lease lease = claimOne(HOST);
    apply(new LeaseUpdate.Retry(lease, HOST, NOW, FAILURE));
    return lease.did();
  }

  @Test
  void aRepoThatEndedIsNeverClaimedOrChangedAgain() throws Exception {
    queue().enqueue(job(), repos(0, 4, HOST));
    List<Lease> leases = claim(HOST, 4);
    assertThat(
            apply(
                new LeaseUpdate.Done(leases.get(0), rev(1)),
                new LeaseUpdate.Closed(leases.get(1), RepoState.UNAVAILABLE, "deactivated"),
                new LeaseUpdate.Closed(leases.get(2), RepoState.GONE, "deleted"),
                new LeaseUpdate.Failed(leases.get(3), FAILURE)))
        .isEmpty();

    harness().advance(LEASE.multipliedBy(100));

    assertThat(claim(HOST, 4)).isEmpty();
    for (Lease lease : leases) {
      RepoEntry ended = entry(lease.did());
      for (LeaseUpdate update : everyKindOfUpdate(lease)) {
        assertThat(apply(update)).as("%s", update).containsExactly(lease.did());
      }
      assertThat(entry(lease.did())).isEqualTo(ended);
    }
  }

  @Test
  void anUpdateOfARepoThatIsNotInTheJobIsLost() {
    enqueue(repo(1, HOST));
    Lease known = claimOne(HOST);
    Lease unknown = new Lease(job(), did(2), known.fence(), LEASE, HOST, null, 0, null);

    Set<Did> lost = apply(new LeaseUpdate.Renew(unknown), new LeaseUpdate.Done(known, rev(1)));

    assertThat(lost).containsExactly(did(2));
    assertThat(entry(did(1)).state()).isEqualTo(RepoState.DONE);
    assertThat(queue().stats(job()).total()).isEqualTo(1);
    assertThat(apply()).isEmpty();
  }

  @Test
  void whatBecameOfEachRepoCanBeListed() {
    queue().enqueue(job(), repos(0, 6, HOST));
    List<Lease> leases = claim(HOST, 5);
    apply(
        new LeaseUpdate.Done(leases.get(0), rev(77)),
        new LeaseUpdate.Closed(leases.get(1), RepoState.UNAVAILABLE, "suspended, says " + HOST),
        new LeaseUpdate.Closed(leases.get(2), RepoState.GONE, "no such repo"),
        new LeaseUpdate.Failed(leases.get(3), FAILURE));

    assertThat(entry(leases.get(0).did()))
        .isEqualTo(ended(leases.get(0), RepoState.DONE, rev(77), null, null));
    assertThat(entry(leases.get(1).did()))
        .isEqualTo(
            ended(leases.get(1), RepoState.UNAVAILABLE, null, "suspended, says " + HOST, null));
    assertThat(entry(leases.get(2).did()))
        .isEqualTo(ended(leases.get(2), RepoState.GONE, null, "no such repo", null));
    assertThat(entry(leases.get(3).did()))
        .isEqualTo(ended(leases.get(3), RepoState.FAILED, null, null, FAILURE));
    assertThat(list(RepoState.LEASED)).containsExactly(leases.get(4).did());
    assertThat(list(RepoState.QUEUED)).hasSize(1).doesNotContainAnyElementsOf(dids(leases));
    assertThat(queue().repos(job(), Set.of(), null, 9)).isEmpty();
  }

  private static RepoEntry ended(
      Lease lease,
      RepoState state,
      @Nullable Tid rev,
      @Nullable String reason,
      @Nullable Failure failure) {
    return new RepoEntry(lease.did(), HOST, state, 0, rev, reason, failure);
  }

  @Test
  void reposAreListedByPagesInTheOrderOfTheirDids() {
    List<Did> sorted = new ArrayList<>(oddDids());
    repos(0, 95, HOST).forEach(repo -> sorted.add(repo.did()));
    queue().enqueue(job(), sorted.stream().map(did -> new QueuedRepo(did, HOST, null)).toList());
    sorted.sort(null);

    List<Did> listed = new ArrayList<>();
    List<RepoEntry> page = queue().repos(job(), ALL, null, 10);
    while (!page.isEmpty() && listed.size() <= sorted.size()) {
      assertThat(page).hasSizeLessThanOrEqualTo(10);
      page.forEach(entry -> listed.add(entry.did()));
      page = queue().repos(job(), ALL, listed.get(listed.size() - 1), 10);
    }

    assertThat(listed).isEqualTo(sorted);
  }

  /** DIDs that a database's language-aware order, or one that ignores case, would put elsewhere. */
  private static List<Did> oddDids() {
    return Stream.of(
            "did:web:Example.com",
            "did:web:example.com",
            "did:web:example-a.com",
            "did:web:examplea.com",
            "did:web:example_a.com",
            "did:web:localhost%3A8080",
            "did:web:localhost.example",
            "did:plc:-.",
            "did:plc:Z",
            "did:plc:_")
        .map(Did::parse)
        .toList();
  }

  @Test
  void didsThatDifferInCaseAreDifferentRepos() {
    Did upper = Did.parse("did:web:example.com:USER");
    Did lower = Did.parse("did:web:example.com:user");

    assertThat(enqueue(new QueuedRepo(upper, HOST, null), new QueuedRepo(lower, HOST, null)))
        .isEqualTo(2);

    Lease lease = claimOne(HOST);
    apply(new LeaseUpdate.Done(lease, rev(1)));
    assertThat(dids(claim(HOST, 2))).containsExactly(lease.did().equals(upper) ? lower : upper);
  }

  @Test
  void theLongestDidIsARepoLikeAnyOther() {
    Did longest = longestDid();
    assertThat(enqueue(new QueuedRepo(longest, HOST, rev(1)), repo(1, OTHER_HOST))).isEqualTo(2);

    Lease lease = claimOne(HOST);

    assertThat(lease.did()).isEqualTo(longest);
    assertThat(apply(new LeaseUpdate.Done(lease, rev(1)))).isEmpty();
    assertThat(list(RepoState.DONE)).containsExactly(longest);
    assertThat(enqueue(new QueuedRepo(longest, HOST, rev(1)))).isZero();
  }

  @Test
  void anyTextComesBackAsItWas() {
    String position = WEIRD + "x".repeat(5000);
    enqueue(repo(1, HOST), repo(2, OTHER_HOST));
    Lease lease = claimOne(HOST);
    apply(new LeaseUpdate.Checkpoint(lease, position));
    apply(new LeaseUpdate.Retry(lease, HOST, NOW, new Failure(ErrorKind.SINK, WEIRD)));
    assertThat(entry(did(1)).failure()).isEqualTo(new Failure(ErrorKind.SINK, WEIRD));

    assertThat(claimOne(HOST).position()).isEqualTo(position);

    Lease other = claimOne(OTHER_HOST);
    apply(new LeaseUpdate.Closed(other, RepoState.UNAVAILABLE, WEIRD));
    assertThat(entry(did(2)).reason()).isEqualTo(WEIRD);
  }

  @Test
  void statsTellHowManyStandWhereAndWhenTheNextMayBeClaimed() throws Exception {
    assertThat(queue().stats(job()).nextIn()).isEmpty();
    queue().enqueue(job(), repos(0, 3, HOST));
    assertThat(nextIn()).isLessThanOrEqualTo(Duration.ZERO);

    List<Lease> leases = claim(HOST, 3);
    assertThat(nextIn()).isBetween(LEASE.dividedBy(2), LEASE);
    apply(
        new LeaseUpdate.Retry(leases.get(0), HOST, Duration.ofMinutes(30), FAILURE),
        new LeaseUpdate.Release(leases.get(1), OTHER_HOST, Duration.ofMinutes(20), true),
        new LeaseUpdate.Done(leases.get(2), rev(1)));

    QueueStats stats = queue().stats(job());
    assertThat(stats.count(RepoState.RETRY)).isEqualTo(1);
    assertThat(stats.count(RepoState.QUEUED)).isEqualTo(1);
    assertThat(stats.count(RepoState.DONE)).isEqualTo(1);
    assertThat(stats.total()).isEqualTo(3);
    assertThat(nextIn()).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(20));
    harness().advance(Duration.ofMinutes(31));
    assertThat(nextIn()).isLessThanOrEqualTo(Duration.ZERO);
    apply(new LeaseUpdate.Failed(claimOne(HOST), FAILURE));
    apply(new LeaseUpdate.Failed(claimOne(OTHER_HOST), FAILURE));
    assertThat(queue().stats(job()).nextIn()).isEmpty();
  }

  @Test
  void everyRepoIsDoneOnceThoughWorkersDie() throws Exception {
    new QueueFuzz(this).run();
  }

  @Test
  void queueAndLeasesOutliveTheProcess() throws Exception {
    queue().enqueue(job(), repos(0, 4, HOST));
    List<Lease> leases = claim(HOST, 3);
    apply(
        new LeaseUpdate.Done(leases.get(0), rev(5)),
        new LeaseUpdate.Retry(leases.get(1), HOST, Duration.ofMinutes(10), FAILURE),
        new LeaseUpdate.Checkpoint(leases.get(2), "page 2"));

    restart();

    assertThat(claim(HOST, 4)).hasSize(1).allMatch(lease -> !dids(leases).contains(lease.did()));
    assertThat(entry(leases.get(0).did()).rev()).isEqualTo(rev(5));
    assertThat(entry(leases.get(1).did()).failure()).isEqualTo(FAILURE);
    assertThat(apply(new LeaseUpdate.Renew(leases.get(2)))).isEmpty();
    harness().advance(Duration.ofMinutes(11));
    Lease takenOver = leaseOf(leases.get(2).did(), claim(HOST, 4));
    assertThat(takenOver.position()).isEqualTo("page 2");
    assertThat(takenOver.fence()).isGreaterThan(leases.get(2).fence());
  }

  @Test
  void ofAnAtomicScopeThatThrowsNothingStands() throws Exception {
    AtomicScope scope = atomicScope();
    enqueue(repo(1, HOST));
    Lease lease = claimOne(HOST);

    assertThatThrownBy(
            () ->
                scope.run(
                    () -> {
                      apply(new LeaseUpdate.Checkpoint(lease, "page 2"));
                      queue().enqueue(job(), repos(2, 5, HOST));
                      throw new IllegalArgumentException("the sink is full");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the sink is full");

    assertThat(queue().stats(job()).total()).isEqualTo(1);
    apply(new LeaseUpdate.Release(lease, HOST, NOW, true));
    assertThat(claimOne(HOST).position()).isNull();
  }

  @Test
  void ofAnAtomicScopeThatReturnsEverythingStands() throws Exception {
    AtomicScope scope = atomicScope();
    enqueue(repo(1, HOST));
    Lease lease = claimOne(HOST);

    Set<Did> lost =
        scope.run(
            () -> {
              queue().enqueue(job(), repos(2, 5, HOST));
              return apply(new LeaseUpdate.Checkpoint(lease, "page 2"));
            });

    assertThat(lost).isEmpty();
    assertThat(scope.joins(scope)).isTrue();
    assertThat(otherProcess().queue().stats(job()).total()).isEqualTo(4);
    apply(new LeaseUpdate.Release(lease, OTHER_HOST, NOW, true));
    assertThat(claimOne(OTHER_HOST).position()).isEqualTo("page 2");
  }

  private AtomicScope atomicScope() {
    assumeTrue(queue().atomicScope().isPresent(), "this queue has no atomic scope");
    return queue().atomicScope().orElseThrow();
  }

  private static List<LeaseUpdate> everyKindOfUpdate(Lease lease) {
    return List.of(
        new LeaseUpdate.Renew(lease),
        new LeaseUpdate.Checkpoint(lease, "stale"),
        new LeaseUpdate.Release(lease, OTHER_HOST, NOW, false),
        new LeaseUpdate.Retry(lease, OTHER_HOST, NOW, FAILURE),
        new LeaseUpdate.Done(lease, rev(1)),
        new LeaseUpdate.Closed(lease, RepoState.GONE, "stale"),
        new LeaseUpdate.Failed(lease, FAILURE));
  }

  private Duration nextIn() {
    return queue().stats(job()).nextIn().orElseThrow();
  }

  private RepoEntry entry(Did did) {
    return queue().repos(job(), ALL, null, 10_000).stream()
        .filter(entry -> entry.did().equals(did))
        .findFirst()
        .orElseThrow();
  }

  private List<Did> list(RepoState state) {
    return queue().repos(job(), Set.of(state), null, 10_000).stream().map(RepoEntry::did).toList();
  }
}

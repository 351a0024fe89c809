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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What {@link io.github.atprotobackfill.progress.WorkQueue} promises: every repo is worked on, by
 * one at a time, whoever dies meanwhile. Extend it and give it a {@link StoreHarness}.
 */
public abstract class WorkQueueContract extends LeaseContract {

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
  void allProcessesHaveOneClockAndItGoesForward() {
    Instant before = process(0).queue().now(job());
    for (int i = 1; i < 20; i++) {
      Instant now = process(i).queue().now(job());
      assertThat(now).isBetween(before, before.plus(LEASE));
      before = now;
    }
  }

  @Test
  void whatIsForgottenMayBeQueuedAgainAndOtherJobsStand() {
    queue().enqueue(job(), repos(0, 6, HOST));
    apply(new LeaseUpdate.Done(claim(HOST, 1).get(0), rev(77)));
    UUID other = newJob().id();
    queue().enqueue(other, repos(0, 2, HOST));

    queue().forget(job());
    queue().forget(job());

    assertThat(queue().stats(job()).total()).isZero();
    assertThat(queue().hosts(job())).isEmpty();
    assertThat(claim(HOST, 9)).isEmpty();
    assertThat(queue().stats(other).total()).isEqualTo(2);
    assertThat(queue().hosts(other)).containsExactly(HOST);
    assertThat(queue().enqueue(job(), repos(0, 6, HOST))).isEqualTo(6);
    assertThat(claim(HOST, 9)).hasSize(6);
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

  private Duration nextIn() {
    return queue().stats(job()).nextIn().orElseThrow();
  }

  private List<Did> list(RepoState state) {
    return queue().repos(job(), Set.of(state), null, 10_000).stream().map(RepoEntry::did).toList();
  }
}

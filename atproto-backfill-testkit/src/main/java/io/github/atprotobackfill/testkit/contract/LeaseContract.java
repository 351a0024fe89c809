package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.OTHER_HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.repo;
import static io.github.atprotobackfill.testkit.contract.Samples.repos;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the holder of a lease may do with it, and what becomes of the repo then. */
abstract class LeaseContract extends ClaimContract {

  static final Failure FAILURE = new Failure(ErrorKind.TIMEOUT, "no answer from " + HOST);
  static final Duration NOW = Duration.ZERO;
  static final Set<RepoState> ALL = EnumSet.allOf(RepoState.class);

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

  final RepoEntry entry(Did did) {
    return queue().repos(job(), ALL, null, 10_000).stream()
        .filter(entry -> entry.did().equals(did))
        .findFirst()
        .orElseThrow();
  }
}

package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.OTHER_HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.repo;
import static io.github.atprotobackfill.testkit.contract.Samples.repos;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How repos get into the queue, and who gets which of them. */
abstract class ClaimContract extends StoreContract {

  static final Duration LEASE = Duration.ofMinutes(1);

  private UUID job;

  @BeforeEach
  final void openJob() {
    job = newJob().id();
  }

  final UUID job() {
    return job;
  }

  final WorkQueue queue() {
    return stores().queue();
  }

  final int enqueue(QueuedRepo... repos) {
    return queue().enqueue(job, List.of(repos));
  }

  final List<Lease> claim(@Nullable ServiceUrl pds, int most) {
    return claim(queue(), pds, most);
  }

  final List<Lease> claim(WorkQueue queue, @Nullable ServiceUrl pds, int most) {
    return queue.claim(job, "kit", List.of(new ClaimFor(pds, most)), LEASE);
  }

  final Lease claimOne(@Nullable ServiceUrl pds) {
    List<Lease> leases = claim(pds, 1);
    assertThat(leases).as("claimed of %s", pds).hasSize(1);
    return leases.get(0);
  }

  final Set<Did> apply(LeaseUpdate... updates) {
    return queue().apply(job, List.of(updates));
  }

  static List<Did> dids(List<Lease> leases) {
    return leases.stream().map(Lease::did).toList();
  }

  @Test
  void enqueueTellsHowManyWereNew() {
    assertThat(queue().enqueue(job, repos(0, 10, HOST))).isEqualTo(10);
    assertThat(queue().enqueue(job, repos(5, 25, HOST))).isEqualTo(15);
    assertThat(queue().enqueue(job, List.of())).isZero();
    assertThat(queue().stats(job).total()).isEqualTo(25);
  }

  @Test
  void ofDuplicatesInOneCallTheFirstStands() {
    int added = enqueue(repo(1, HOST), repo(2, HOST), repo(1, OTHER_HOST), repo(1, HOST));

    assertThat(added).isEqualTo(2);
    assertThat(queue().hosts(job)).containsExactly(HOST);
    assertThat(dids(claim(HOST, 9))).containsExactlyInAnyOrder(did(1), did(2));
    assertThat(claim(OTHER_HOST, 9)).isEmpty();
  }

  @Test
  void aRepoIsNotQueuedAgainWhateverBecameOfIt() {
    enqueue(repo(1, HOST), repo(2, HOST));
    Lease lease = claimOne(HOST);
    apply(new LeaseUpdate.Done(lease, rev(9)));

    assertThat(queue().enqueue(job, repos(1, 3, HOST))).isZero();

    assertThat(queue().stats(job).count(RepoState.DONE)).isEqualTo(1);
    assertThat(dids(claim(HOST, 9))).hasSize(1).doesNotContain(lease.did());
  }

  @Test
  void fiveThousandReposGoInAtOnce() {
    List<QueuedRepo> many = repos(0, 5000, HOST);

    assertThat(queue().enqueue(job, many)).isEqualTo(5000);

    assertThat(queue().stats(job).count(RepoState.QUEUED)).isEqualTo(5000);
    List<Lease> leases = claim(HOST, 5000);
    assertThat(leases).hasSize(5000);
    assertThat(leases.stream().map(Lease::did).collect(Collectors.toSet()))
        .isEqualTo(many.stream().map(QueuedRepo::did).collect(Collectors.toSet()));
  }

  @Test
  void reposThatSeveralDiscoverAtOnceAreNewOnce() throws Exception {
    List<Integer> added =
        AtOnce.call(
            thread -> {
              int sum = 0;
              for (int from = 0; from < 400; from += 50) {
                WorkQueue queue = process(thread).queue();
                sum += queue.enqueue(job, repos(from, from + 100, HOST));
              }
              return sum;
            });

    assertThat(added.stream().mapToInt(Integer::intValue).sum()).isEqualTo(450);
    assertThat(queue().stats(job).total()).isEqualTo(450);
  }

  @Test
  void theQueuesOfTwoJobsAreApart() {
    UUID other = newJob().id();
    enqueue(repo(1, HOST));

    assertThat(queue().enqueue(other, repos(1, 3, HOST))).isEqualTo(2);

    assertThat(claim(HOST, 9)).hasSize(1);
    assertThat(queue().stats(other).count(RepoState.QUEUED)).isEqualTo(2);
    assertThat(queue().claim(other, "kit", List.of(new ClaimFor(HOST, 9)), LEASE))
        .hasSize(2)
        .allMatch(lease -> lease.job().equals(other));
  }

  @Test
  void aLeaseSaysWhatWasQueued() {
    enqueue(new QueuedRepo(did(1), HOST, rev(7)), new QueuedRepo(did(2), null, null));

    assertThat(claimOne(HOST))
        .returns(job, Lease::job)
        .returns(did(1), Lease::did)
        .returns(HOST, Lease::pds)
        .returns(rev(7), Lease::rev)
        .returns(LEASE, Lease::lasts)
        .returns(0, Lease::attempts)
        .returns(null, Lease::position);
    assertThat(claimOne(null))
        .returns(did(2), Lease::did)
        .returns(null, Lease::pds)
        .returns(null, Lease::rev);
  }

  @Test
  void noMoreAreClaimedThanWanted() {
    queue().enqueue(job, repos(0, 10, HOST));

    assertThat(claim(HOST, 3)).hasSize(3);
    assertThat(claim(HOST, 0)).isEmpty();
    assertThat(queue().claim(job, "kit", List.of(), LEASE)).isEmpty();
    assertThat(queue().stats(job).count(RepoState.LEASED)).isEqualTo(3);
  }

  @Test
  void reposAreClaimedUnderTheirOwnHostOnly() {
    ServiceUrl samePlaceOtherPort = new ServiceUrl("https", HOST.host(), 8443);
    enqueue(repo(1, HOST), repo(2, OTHER_HOST), repo(3, samePlaceOtherPort), repo(4, null));

    assertThat(dids(claim(HOST, 9))).containsExactly(did(1));
    assertThat(dids(claim(OTHER_HOST, 9))).containsExactly(did(2));
    assertThat(dids(claim(samePlaceOtherPort, 9))).containsExactly(did(3));
    assertThat(dids(claim(null, 9))).containsExactly(did(4));
    assertThat(queue().hosts(job)).containsExactlyInAnyOrder(HOST, OTHER_HOST, samePlaceOtherPort);
  }

  @Test
  void severalHostsAreClaimedForInOneCall() {
    queue().enqueue(job, repos(0, 5, HOST));
    queue().enqueue(job, repos(5, 10, OTHER_HOST));
    queue().enqueue(job, repos(10, 15, null));

    List<Lease> leases =
        queue()
            .claim(
                job,
                "kit",
                List.of(new ClaimFor(HOST, 2), new ClaimFor(null, 9), new ClaimFor(OTHER_HOST, 3)),
                LEASE);

    assertThat(leases).filteredOn(lease -> HOST.equals(lease.pds())).hasSize(2);
    assertThat(leases).filteredOn(lease -> OTHER_HOST.equals(lease.pds())).hasSize(3);
    assertThat(leases).filteredOn(lease -> lease.pds() == null).hasSize(5);
    assertThat(dids(leases)).doesNotHaveDuplicates();
  }

  @Test
  void thoseThatWaitLongestComeFirst() throws Exception {
    List<Did> inOrder = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      enqueue(repo(i, HOST));
      inOrder.add(did(i));
      harness().advance(Duration.ofSeconds(1));
    }

    List<Did> claimed = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      claimed.addAll(dids(claim(HOST, 5)));
    }

    for (int i = 0; i < 4; i++) {
      assertThat(claimed.subList(5 * i, 5 * i + 5))
          .containsExactlyInAnyOrderElementsOf(inOrder.subList(5 * i, 5 * i + 5));
    }
  }

  @Test
  void noRepoIsGivenToTwoAtOnce() throws Exception {
    queue().enqueue(job, repos(0, 500, HOST));
    queue().enqueue(job, repos(500, 1000, OTHER_HOST));

    List<List<Did>> claimed =
        AtOnce.call(
            thread -> {
              List<Did> mine = new ArrayList<>();
              WorkQueue queue = process(thread).queue();
              List<ClaimFor> wanted = List.of(new ClaimFor(HOST, 7), new ClaimFor(OTHER_HOST, 7));
              List<Lease> leases = queue.claim(job, "w" + thread, wanted, LEASE);
              while (!leases.isEmpty()) {
                mine.addAll(dids(leases));
                leases = queue.claim(job, "w" + thread, wanted, LEASE);
              }
              return mine;
            });

    List<Did> all = new ArrayList<>();
    claimed.forEach(all::addAll);
    all.addAll(dids(claim(HOST, 1000)));
    all.addAll(dids(claim(OTHER_HOST, 1000)));
    assertThat(all).hasSize(1000).doesNotHaveDuplicates();
    assertThat(queue().stats(job).count(RepoState.LEASED)).isEqualTo(1000);
  }

  @Test
  void aLeaseThatRanOutIsTakenOverWithAGreaterFence() throws Exception {
    queue().enqueue(job, repos(0, 3, HOST));
    List<Lease> dead = claim(HOST, 3);
    harness().advance(LEASE.minusSeconds(10));
    assertThat(claim(otherProcess().queue(), HOST, 3)).isEmpty();

    harness().advance(Duration.ofSeconds(11));
    List<Lease> takenOver = claim(otherProcess().queue(), HOST, 3);

    assertThat(dids(takenOver)).containsExactlyInAnyOrderElementsOf(dids(dead));
    for (Lease lease : takenOver) {
      assertThat(lease.fence()).isGreaterThan(leaseOf(lease.did(), dead).fence());
    }
    assertThat(claim(HOST, 3)).isEmpty();
  }

  @Test
  void severalTakeOverTheLeasesOfADeadOneAndEachRepoGoesToOne() throws Exception {
    queue().enqueue(job, repos(0, 200, HOST));
    claim(HOST, 200);
    harness().advance(LEASE.plusSeconds(1));

    List<List<Lease>> claimed =
        AtOnce.call(
            thread -> {
              List<Lease> mine = new ArrayList<>();
              for (int i = 0; i < 10; i++) {
                mine.addAll(claim(process(thread).queue(), HOST, 5));
              }
              return mine;
            });

    List<Lease> all = new ArrayList<>(claim(HOST, 200));
    claimed.forEach(all::addAll);
    assertThat(dids(all)).hasSize(200).doesNotHaveDuplicates();
  }

  static Lease leaseOf(Did did, List<Lease> leases) {
    return leases.stream().filter(lease -> lease.did().equals(did)).findFirst().orElseThrow();
  }
}

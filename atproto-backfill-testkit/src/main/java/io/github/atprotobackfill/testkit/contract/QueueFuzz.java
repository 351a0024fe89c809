package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.OTHER_HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.repos;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;

/**
 * Eight workers on two processes do a thousand repos while they crash, stall past their leases,
 * fail and give back, all by seeded chance. Time is moved between their calls, never during one. A
 * worker that stalled goes on much later, when others may have taken its repos over.
 */
final class QueueFuzz {

  private static final int REPOS = 1000;
  private static final int ROUNDS = 2000;
  private static final int CRASH = 0;
  private static final int STALL = 1;
  private static final int STALL_TOO = 2;
  private static final List<ClaimFor> WANTED =
      List.of(new ClaimFor(HOST, 6), new ClaimFor(OTHER_HOST, 6), new ClaimFor(null, 6));

  private final WorkQueueContract contract;
  private final ReadWriteLock time = new ReentrantReadWriteLock();
  private final Map<Did, Long> lastFence = new ConcurrentHashMap<>();
  private final Set<String> fences = ConcurrentHashMap.newKeySet();
  private final Map<Did, Integer> timesDone = new ConcurrentHashMap<>();

  QueueFuzz(WorkQueueContract contract) {
    this.contract = contract;
  }

  void run() throws Exception {
    contract.queue().enqueue(contract.job(), repos(0, REPOS / 2, HOST));
    contract.queue().enqueue(contract.job(), repos(REPOS / 2, REPOS, null));

    AtOnce.call(this::work);

    assertThat(contract.queue().stats(contract.job()).count(RepoState.DONE)).isEqualTo(REPOS);
    assertThat(timesDone).hasSize(REPOS);
    assertThat(timesDone.values()).containsOnly(1);
  }

  private int work(int worker) throws Exception {
    Random chance = new Random(worker);
    WorkQueue queue = contract.process(worker).queue();
    Deque<List<Lease>> stalled = new ArrayDeque<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<Lease> leases = claim(queue, worker);
      if (leases.isEmpty() && allEnded(queue)) {
        stalled.forEach(late -> settle(queue, late, chance));
        return round;
      }
      switch (leases.isEmpty() ? CRASH : chance.nextInt(8)) {
        case CRASH -> letLeasesRunOut();
        case STALL, STALL_TOO -> {
          stalled.add(leases);
          letLeasesRunOut();
        }
        default -> settle(queue, leases, chance);
      }
      if (!stalled.isEmpty() && chance.nextInt(6) == 0) {
        settle(queue, stalled.remove(), chance);
      }
    }
    throw new AssertionError("after " + ROUNDS + " rounds there are still repos to do");
  }

  private List<Lease> claim(WorkQueue queue, int worker) {
    time.readLock().lock();
    try {
      List<Lease> leases =
          queue.claim(contract.job(), "worker " + worker, WANTED, ClaimContract.LEASE);
      for (Lease lease : leases) {
        long newest = lastFence.merge(lease.did(), lease.fence(), Math::max);
        assertThat(newest).as("the newest fence of %s", lease.did()).isEqualTo(lease.fence());
        assertThat(fences.add(lease.did() + " " + lease.fence()))
            .as("fence %s of %s is given for the first time", lease.fence(), lease.did())
            .isTrue();
      }
      return leases;
    } finally {
      time.readLock().unlock();
    }
  }

  private void settle(WorkQueue queue, List<Lease> leases, Random chance) {
    List<LeaseUpdate> updates = new ArrayList<>();
    for (Lease lease : leases) {
      updates.add(anyUpdate(lease, chance));
    }
    time.readLock().lock();
    try {
      // Asked before: what is claimed while the updates are applied is no business of theirs.
      Set<Did> stale = staleOf(leases);
      Set<Did> lost = queue.apply(contract.job(), updates);
      assertThat(lost).as("lost updates").containsAll(stale);
      for (LeaseUpdate update : updates) {
        if (update instanceof LeaseUpdate.Done && !lost.contains(update.lease().did())) {
          timesDone.merge(update.lease().did(), 1, Integer::sum);
        }
      }
    } finally {
      time.readLock().unlock();
    }
  }

  private Set<Did> staleOf(List<Lease> leases) {
    return leases.stream()
        .filter(lease -> lastFence.getOrDefault(lease.did(), 0L) > lease.fence())
        .map(Lease::did)
        .collect(Collectors.toSet());
  }

  private static LeaseUpdate anyUpdate(Lease lease, Random chance) {
    return switch (chance.nextInt(8)) {
      case 0 -> new LeaseUpdate.Renew(lease);
      case 1 -> new LeaseUpdate.Checkpoint(lease, "page " + lease.fence());
      case 2 -> new LeaseUpdate.Release(lease, OTHER_HOST, Duration.ZERO, false);
      case 3 ->
          new LeaseUpdate.Retry(
              lease, lease.pds(), Duration.ofSeconds(5), new Failure(ErrorKind.TIMEOUT, "chance"));
      default -> new LeaseUpdate.Done(lease, rev(1));
    };
  }

  private boolean allEnded(WorkQueue queue) {
    time.readLock().lock();
    try {
      return queue.stats(contract.job()).open() == 0;
    } finally {
      time.readLock().unlock();
    }
  }

  private void letLeasesRunOut() throws Exception {
    time.writeLock().lock();
    try {
      contract.harness().advance(ClaimContract.LEASE.plusSeconds(1));
    } finally {
      time.writeLock().unlock();
    }
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims repos in windows wide enough to keep every host busy, keeps their leases alive, and hands
 * each to a worker. {@link #tick} is called by the run's own thread; the rest is thread-safe.
 */
final class LeaseDesk {

  private static final Logger log = LoggerFactory.getLogger(LeaseDesk.class);

  /** Repos claimed at once by one run, over all hosts. */
  static final int MOST_CLAIMED = 4096;

  static final int WIDEST_WINDOW = 64;
  private static final int UNLOCATED_WINDOW = 256;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
  private static final Duration LOOK_AGAIN_PER_HOST = Duration.ofMillis(2);

  private final RunContext run;
  private final WorkQueue queue;
  private final HostScheduler scheduler;
  private final Locator locator;
  private final Executor locating;
  private final Set<RepoWorker> workers = ConcurrentHashMap.newKeySet();
  private final Set<RepoWorker> reading = ConcurrentHashMap.newKeySet();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Share> shares = new HashMap<>();
  private final Set<ServiceUrl> hosts = new HashSet<>();
  private final Share unlocated;

  private long renewAt;
  private long hostsKnownUntil;

  /** How many repos of one host are claimed, and when its queue is worth a look. */
  private static final class Share {
    int claimed;
    long lookAt;

    Share(long now) {
      this.lookAt = now;
    }
  }

  LeaseDesk(RunContext run, HostScheduler scheduler, Locator locator, Executor locating) {
    this.run = run;
    this.queue = run.settings().stores().queue();
    this.scheduler = scheduler;
    this.locator = locator;
    this.locating = locating;
    this.unlocated = new Share(run.nanoTime());
    this.renewAt = run.nanoTime();
    this.hostsKnownUntil = run.nanoTime();
  }

  /** Renews what is about to run out, lets go of dead hosts, and claims what there is room for. */
  void tick() {
    renew();
    giveUpDeadHosts();
    claim();
  }

  boolean idle() {
    return workers.isEmpty();
  }

  /** Whether any claimed repo is not yet read to its end. */
  boolean reading() {
    return !reading.isEmpty();
  }

  // ---- claiming

  private void claim() {
    List<ClaimFor> wanted = wanted();
    if (wanted.isEmpty()) {
      return;
    }
    long deadline = run.leaseDeadline();
    List<Lease> leases = queue.claim(run.id(), run.worker(), wanted, run.settings().leaseFor());
    List<Did> dids = leases.stream().map(Lease::did).toList();
    Map<Did, HeldRepo> held =
        leases.isEmpty() ? Map.of() : run.settings().stores().states().find(dids);
    Set<Did> holding = leases.isEmpty() ? Set.of() : holding(dids);
    // Not before everything is known: what a store that fails here left behind is claimed again.
    take(wanted, leases);
    letGoOfOlder(dids);
    for (Lease lease : leases) {
      Did did = lease.did();
      RepoWorker worker =
          new RepoWorker(run, lease, held.get(did), holding.contains(did), deadline);
      workers.add(worker);
      reading.add(worker);
      locating.execute(worker::locate);
    }
  }

  /**
   * A repo that is claimed again while a worker of ours still has it was lost by the store, or its
   * lease ran out: what that worker has is no lease any more.
   */
  private void letGoOfOlder(List<Did> claimed) {
    Set<Did> again = Set.copyOf(claimed);
    for (RepoWorker worker : workers) {
      if (again.contains(worker.did())) {
        worker.term().lost();
      }
    }
  }

  /**
   * Of which repos the sink may hold records: the others need not be compared with anything. It is
   * asked once, since leases are to be kept alive here; where it does not answer, its answers are
   * waited for when the repos are read.
   */
  private Set<Did> holding(List<Did> dids) {
    Optional<HeldRecords> records = run.settings().sink().held();
    if (records.isEmpty()) {
      return Set.of();
    }
    try {
      return records.get().holding(dids);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.warn("the sink does not tell what it holds; it will be asked again, repo by repo", e);
    }
    return Set.copyOf(dids);
  }

  private List<ClaimFor> wanted() {
    lock.lock();
    try {
      learnHosts();
      long now = run.nanoTime();
      int room = MOST_CLAIMED - workers.size();
      List<ClaimFor> wanted = new ArrayList<>();
      if (unlocated.lookAt - now <= 0
          && unlocated.claimed <= UNLOCATED_WINDOW / 2
          && locator.directoryWait().isZero()) {
        int most = Math.min(room, UNLOCATED_WINDOW - unlocated.claimed);
        wanted.add(new ClaimFor(null, most));
        room -= most;
      }
      for (ServiceUrl host : hosts) {
        Share share = share(host);
        int most = Math.min(room, window(host) - share.claimed);
        if (share.lookAt - now <= 0 && most > window(host) / 2 && worthClaiming(host)) {
          wanted.add(new ClaimFor(host, most));
          room -= most;
        }
      }
      wanted.removeIf(claim -> claim.most() <= 0);
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  /** A host that is parked or down is left alone; one that is given up is cleared. */
  private boolean worthClaiming(ServiceUrl host) {
    return scheduler.accessible(host) || scheduler.givenUp(host).isPresent();
  }

  private int window(ServiceUrl host) {
    int fairShare = MOST_CLAIMED / Math.max(1, hosts.size());
    int busy = 2 * run.settings().client().budget(host).policy().concurrency();
    return Math.max(Math.min(busy, WIDEST_WINDOW), Math.min(WIDEST_WINDOW, fairShare));
  }

  private void learnHosts() {
    long now = run.nanoTime();
    if (hostsKnownUntil - now <= 0) {
      hosts.addAll(queue.hosts(run.id()));
      hostsKnownUntil = now + lookAgain();
    }
  }

  private void take(List<ClaimFor> wanted, List<Lease> leases) {
    lock.lock();
    try {
      Map<Share, Integer> got = new HashMap<>();
      for (Lease lease : leases) {
        Share share = shareAt(lease.pds());
        share.claimed++;
        got.merge(share, 1, Integer::sum);
      }
      long now = run.nanoTime();
      for (ClaimFor claim : wanted) {
        Share share = shareAt(claim.pds());
        share.lookAt = got.getOrDefault(share, 0) < claim.most() ? now + lookAgain() : now;
      }
    } finally {
      lock.unlock();
    }
  }

  private long lookAgain() {
    return LOOK_AGAIN.plus(LOOK_AGAIN_PER_HOST.multipliedBy(hosts.size())).toNanos();
  }

  private Share shareAt(@Nullable ServiceUrl host) {
    return host == null ? unlocated : share(host);
  }

  private Share share(ServiceUrl host) {
    return shares.computeIfAbsent(host.authority(), authority -> new Share(run.nanoTime()));
  }

  // ---- what workers tell

  /**
   * A repo turned out to live at {@code host}: it may wait there for its turns, or else it goes
   * back to be claimed when the host has room for it.
   */
  boolean admit(RepoWorker worker, ServiceUrl host) {
    lock.lock();
    try {
      hosts.add(host);
      if (host.equals(worker.countedAt())) {
        return true;
      }
      Share share = share(host);
      if (share.claimed >= 2 * WIDEST_WINDOW && scheduler.givenUp(host).isEmpty()) {
        share.lookAt = run.nanoTime();
        return false;
      }
      shareAt(worker.countedAt()).claimed--;
      share.claimed++;
      worker.countAt(host);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The worker reads no more; what it brought may still have to be written. */
  void readToEnd(RepoWorker worker) {
    reading.remove(worker);
  }

  /** The worker's part is over. */
  void forget(RepoWorker worker) {
    reading.remove(worker);
    if (!workers.remove(worker)) {
      return;
    }
    lock.lock();
    try {
      shareAt(worker.countedAt()).claimed--;
    } finally {
      lock.unlock();
    }
  }

  /** Something new may be claimable at these hosts. */
  void lookNow(Set<ServiceUrl> newlyQueued, boolean unlocatedToo) {
    lock.lock();
    try {
      hosts.addAll(newlyQueued);
      newlyQueued.forEach(host -> share(host).lookAt = run.nanoTime());
      if (unlocatedToo) {
        unlocated.lookAt = run.nanoTime();
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- keeping and letting go

  private void renew() {
    long now = run.nanoTime();
    if (renewAt - now > 0) {
      return;
    }
    renewAt = now + run.settings().leaseFor().toNanos() / 4;
    // Also what only waits for its writer: the sink may take longer than a lease.
    List<RepoWorker> keeping = workers.stream().filter(worker -> worker.term().holds()).toList();
    if (keeping.isEmpty()) {
      return;
    }
    long deadline = run.leaseDeadline();
    List<LeaseUpdate> renewals = new ArrayList<>();
    keeping.forEach(worker -> renewals.add(new LeaseUpdate.Renew(worker.lease())));
    Set<Did> lost = queue.apply(run.id(), renewals);
    for (RepoWorker worker : keeping) {
      if (!lost.contains(worker.did())) {
        worker.term().renewed(deadline);
      } else if (!worker.term().handedOn()) {
        worker.term().lost();
      }
    }
  }

  private void giveUpDeadHosts() {
    List<ServiceUrl> known;
    lock.lock();
    try {
      known = List.copyOf(hosts);
    } finally {
      lock.unlock();
    }
    for (ServiceUrl host : known) {
      scheduler
          .givenUp(host)
          .ifPresent(
              failure -> scheduler.withdraw(host).forEach(worker -> worker.hostGivenUp(failure)));
    }
  }

  /** Gives back everything that waits; what is under way follows at its next step. */
  void putDownWaiting() {
    scheduler.withdrawAll().forEach(RepoWorker::putDown);
  }
}

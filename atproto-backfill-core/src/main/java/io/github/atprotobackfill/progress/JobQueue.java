package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The repos of one job: by DID for updates, and in one {@link HostLane} a host for claims. A repo
 * is in its lane as long as it is not terminal, also while it is leased: then it is due when the
 * lease ends. So queued repos, retries and dead workers' repos are all found the same way.
 */
final class JobQueue {

  private static final QueueSlot[] UNSORTED = new QueueSlot[0];

  private final UUID job;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<QueueSlot, QueueSlot> slots = new HashMap<>();
  private final Map<@Nullable ServiceUrl, HostLane> lanes = new HashMap<>();
  private final Map<RepoState, Long> inState = new EnumMap<>(RepoState.class);
  private QueueSlot[] byDid = UNSORTED;
  private long turns;

  JobQueue(UUID job, InstantSource clock) {
    this.job = job;
    this.clock = clock;
  }

  int enqueue(List<QueuedRepo> repos) {
    lock.lock();
    try {
      long now = clock.millis();
      int before = slots.size();
      for (QueuedRepo repo : repos) {
        QueueSlot slot = new QueueSlot(repo.did());
        if (slots.putIfAbsent(slot, slot) == null) {
          slot.lane = lane(repo.pds());
          slot.setRev(repo.rev());
          inState.merge(slot.state, 1L, Long::sum);
          file(slot, now);
        }
      }
      return slots.size() - before;
    } finally {
      lock.unlock();
    }
  }

  Set<ServiceUrl> hosts() {
    lock.lock();
    try {
      Set<ServiceUrl> hosts = new HashSet<>(lanes.keySet());
      hosts.remove(null);
      return hosts;
    } finally {
      lock.unlock();
    }
  }

  List<Lease> claim(List<ClaimFor> wanted, Duration lasts) {
    lock.lock();
    try {
      long now = clock.millis();
      List<Lease> leases = new ArrayList<>();
      for (ClaimFor host : wanted) {
        HostLane lane = lanes.get(host.pds());
        for (int left = host.most(); left > 0 && lane != null && lane.hasDue(now); left--) {
          leases.add(lease(lane.first(), lasts, now));
        }
      }
      return leases;
    } finally {
      lock.unlock();
    }
  }

  private Lease lease(QueueSlot slot, Duration lasts, long now) {
    become(slot, RepoState.LEASED);
    slot.fence++;
    file(slot, now + lasts.toMillis());
    return new Lease(
        job,
        slot.did(),
        slot.fence,
        lasts,
        slot.lane.pds(),
        slot.rev(),
        slot.attempts,
        slot.position);
  }

  Set<Did> apply(List<LeaseUpdate> updates) {
    lock.lock();
    try {
      requireOneEach(updates);
      Set<Did> lost = new HashSet<>();
      long now = clock.millis();
      for (LeaseUpdate update : updates) {
        QueueSlot slot = slots.get(new QueueSlot(update.lease().did()));
        if (slot != null && slot.isLeasedUnder(update.lease().fence())) {
          apply(update, slot, now);
        } else {
          lost.add(update.lease().did());
        }
      }
      return lost;
    } finally {
      lock.unlock();
    }
  }

  private static void requireOneEach(List<LeaseUpdate> updates) {
    Set<Did> seen = new HashSet<>();
    for (LeaseUpdate update : updates) {
      if (!seen.add(update.lease().did())) {
        throw new IllegalArgumentException("two updates of " + update.lease().did() + " at once");
      }
    }
  }

  private void apply(LeaseUpdate update, QueueSlot slot, long now) {
    if (update instanceof LeaseUpdate.Renew renew) {
      file(slot, now + renew.lease().lasts().toMillis());
    } else if (update instanceof LeaseUpdate.Checkpoint checkpoint) {
      slot.position = checkpoint.position();
      file(slot, now + checkpoint.lease().lasts().toMillis());
    } else if (update instanceof LeaseUpdate.Release release) {
      release(slot, release, now);
    } else if (update instanceof LeaseUpdate.Retry retry) {
      retry(slot, retry, now);
    } else if (update instanceof LeaseUpdate.Done done) {
      slot.setRev(done.rev());
      end(slot, RepoState.DONE);
    } else if (update instanceof LeaseUpdate.Closed closed) {
      slot.reason = closed.reason();
      end(slot, closed.state());
    } else if (update instanceof LeaseUpdate.Failed failed) {
      slot.failure = failed.failure();
      end(slot, RepoState.FAILED);
    }
  }

  private void release(QueueSlot slot, LeaseUpdate.Release release, long now) {
    if (!release.keepPosition()) {
      slot.position = null;
    }
    become(slot, RepoState.QUEUED);
    moveTo(release.pds(), slot, now + release.after().toMillis());
  }

  private void retry(QueueSlot slot, LeaseUpdate.Retry retry, long now) {
    slot.attempts++;
    slot.failure = retry.failure();
    become(slot, RepoState.RETRY);
    moveTo(retry.pds(), slot, now + retry.after().toMillis());
  }

  private void end(QueueSlot slot, RepoState state) {
    become(slot, state);
    slot.lane.remove(slot);
    slot.position = null;
    if (state != RepoState.DONE) {
      slot.setRev(null);
    }
  }

  private void moveTo(@Nullable ServiceUrl pds, QueueSlot slot, long due) {
    slot.lane.remove(slot);
    slot.lane = lane(pds);
    file(slot, due);
  }

  private void file(QueueSlot slot, long due) {
    slot.lane.file(slot, due, turns++);
  }

  private void become(QueueSlot slot, RepoState state) {
    inState.merge(slot.state, -1L, Long::sum);
    inState.merge(state, 1L, Long::sum);
    slot.state = state;
  }

  private HostLane lane(@Nullable ServiceUrl pds) {
    return lanes.computeIfAbsent(pds, HostLane::new);
  }

  QueueStats stats() {
    lock.lock();
    try {
      return new QueueStats(inState, nextIn(clock.millis()));
    } finally {
      lock.unlock();
    }
  }

  private Optional<Duration> nextIn(long now) {
    return lanes.values().stream()
        .filter(lane -> !lane.isEmpty())
        .map(lane -> lane.first().due)
        .min(Long::compare)
        .map(due -> Duration.ofMillis(due - now));
  }

  List<RepoEntry> repos(Set<RepoState> states, @Nullable Did after, int most) {
    lock.lock();
    try {
      QueueSlot[] sorted = sortedByDid();
      List<RepoEntry> page = new ArrayList<>();
      for (int i = indexAfter(after, sorted); i < sorted.length && page.size() < most; i++) {
        if (states.contains(sorted[i].state)) {
          page.add(sorted[i].toEntry());
        }
      }
      return page;
    } finally {
      lock.unlock();
    }
  }

  /** Sorted when asked for; repos are never removed, so an array as long as the map is current. */
  private QueueSlot[] sortedByDid() {
    if (byDid.length != slots.size()) {
      byDid = slots.keySet().toArray(UNSORTED);
      Arrays.sort(byDid);
    }
    return byDid;
  }

  private static int indexAfter(@Nullable Did after, QueueSlot[] sorted) {
    if (after == null) {
      return 0;
    }
    int found = Arrays.binarySearch(sorted, new QueueSlot(after));
    return found < 0 ? -found - 1 : found + 1;
  }
}

package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Work queues with one thing wrong, where that takes more than a line. */
final class BrokenQueues {

  static final Failure FAILURE = new Failure(ErrorKind.INTERNAL, "broken on purpose");

  private BrokenQueues() {}

  /** Hands out leases that {@code change} altered. */
  static class ChangedLeases extends ForwardingStores.Queue {

    private final UnaryOperator<Lease> change;

    ChangedLeases(WorkQueue sound, UnaryOperator<Lease> change) {
      super(sound);
      this.change = change;
    }

    @Override
    public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
      return sound.claim(job, worker, wanted, lasts).stream().map(change).toList();
    }
  }

  /** Applies updates that {@code change} altered, and leaves out those it made null. */
  static class ChangedUpdates extends ForwardingStores.Queue {

    private final UnaryOperator<LeaseUpdate> change;

    ChangedUpdates(WorkQueue sound, UnaryOperator<LeaseUpdate> change) {
      super(sound);
      this.change = change;
    }

    @Override
    public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
      List<LeaseUpdate> changed = new ArrayList<>();
      for (LeaseUpdate update : updates) {
        LeaseUpdate next = change.apply(update);
        if (next != null) {
          changed.add(next);
        }
      }
      return sound.apply(job, changed);
    }
  }

  /** Lets whoever ever had a lease write under the newest one. */
  static final class NoFence extends ForwardingStores.Queue {

    private static final Map<UUID, Map<Did, Lease>> NEWEST = new ConcurrentHashMap<>();

    NoFence(WorkQueue sound) {
      super(sound);
    }

    @Override
    public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
      List<Lease> leases = sound.claim(job, worker, wanted, lasts);
      leases.forEach(lease -> newest(job).put(lease.did(), lease));
      return leases;
    }

    @Override
    public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
      return sound.apply(job, updates.stream().map(update -> underNewest(job, update)).toList());
    }

    private static LeaseUpdate underNewest(UUID job, LeaseUpdate update) {
      return withLease(update, newest(job).getOrDefault(update.lease().did(), update.lease()));
    }

    private static Map<Did, Lease> newest(UUID job) {
      return NEWEST.computeIfAbsent(job, id -> new ConcurrentHashMap<>());
    }
  }

  /** Gives one lease of a claim to the next claim too. */
  static final class GivesAgain extends ForwardingStores.Queue {

    private final AtomicReference<Lease> last = new AtomicReference<>();

    GivesAgain(WorkQueue sound) {
      super(sound);
    }

    @Override
    public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
      List<Lease> leases = new ArrayList<>(sound.claim(job, worker, wanted, lasts));
      Lease again = last.getAndSet(leases.isEmpty() ? null : leases.get(0));
      if (again != null) {
        leases.add(again);
      }
      return leases;
    }
  }

  /** Refuses updates once the lease's time is over, though nobody took the repo over. */
  static final class JudgesByTime extends ForwardingStores.Queue {

    private final InstantSource clock;
    private final Map<Did, Instant> ends = new ConcurrentHashMap<>();

    JudgesByTime(WorkQueue sound, InstantSource clock) {
      super(sound);
      this.clock = clock;
    }

    @Override
    public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
      List<Lease> leases = sound.claim(job, worker, wanted, lasts);
      leases.forEach(lease -> ends.put(lease.did(), clock.instant().plus(lasts)));
      return leases;
    }

    @Override
    public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
      Set<Did> over =
          updates.stream()
              .map(update -> update.lease().did())
              .filter(did -> ends.getOrDefault(did, Instant.MAX).isBefore(clock.instant()))
              .collect(Collectors.toSet());
      Set<Did> lost = new HashSet<>(over);
      lost.addAll(
          sound.apply(
              job,
              updates.stream().filter(update -> !over.contains(update.lease().did())).toList()));
      return lost;
    }
  }

  /** Gives those that became claimable last; the others are put back. */
  static final class NewestFirst extends ForwardingStores.Queue {

    NewestFirst(WorkQueue sound) {
      super(sound);
    }

    @Override
    public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
      List<Lease> given = new ArrayList<>();
      for (ClaimFor host : wanted) {
        ClaimFor all = new ClaimFor(host.pds(), Integer.MAX_VALUE);
        List<Lease> leases = sound.claim(job, worker, List.of(all), lasts);
        int older = Math.max(0, leases.size() - host.most());
        List<LeaseUpdate> back = new ArrayList<>();
        for (Lease lease : leases.subList(0, older)) {
          back.add(new LeaseUpdate.Release(lease, lease.pds(), Duration.ZERO, true));
        }
        sound.apply(job, back);
        given.addAll(leases.subList(older, leases.size()));
      }
      return given;
    }
  }

  /** Has a scope, which makes nothing one. */
  static class Scoped extends ForwardingStores.Queue implements AtomicScope {

    Scoped(WorkQueue sound) {
      super(sound);
    }

    @Override
    public Optional<AtomicScope> atomicScope() {
      return Optional.of(this);
    }

    @Override
    public boolean joins(AtomicScope other) {
      return other == this;
    }

    @Override
    public <T> T run(Callable<T> work) throws Exception {
      return work.call();
    }
  }

  static Lease withFence(Lease lease, long fence) {
    return new Lease(
        lease.job(),
        lease.did(),
        fence,
        lease.lasts(),
        lease.pds(),
        lease.rev(),
        lease.attempts(),
        lease.position());
  }

  static Lease lasting(Lease lease, Duration lasts) {
    return new Lease(
        lease.job(),
        lease.did(),
        lease.fence(),
        lasts,
        lease.pds(),
        lease.rev(),
        lease.attempts(),
        lease.position());
  }

  static Lease withoutRev(Lease lease) {
    return new Lease(
        lease.job(),
        lease.did(),
        lease.fence(),
        lease.lasts(),
        lease.pds(),
        null,
        lease.attempts(),
        lease.position());
  }

  static Lease inAscii(Lease lease) {
    String position = lease.position();
    return new Lease(
        lease.job(),
        lease.did(),
        lease.fence(),
        lease.lasts(),
        lease.pds(),
        lease.rev(),
        lease.attempts(),
        position == null ? null : position.replaceAll("[^\\x00-\\x7f]", "?"));
  }

  private static LeaseUpdate withLease(LeaseUpdate update, Lease lease) {
    if (update instanceof LeaseUpdate.Renew) {
      return new LeaseUpdate.Renew(lease);
    } else if (update instanceof LeaseUpdate.Checkpoint checkpoint) {
      return new LeaseUpdate.Checkpoint(lease, checkpoint.position());
    } else if (update instanceof LeaseUpdate.Release r) {
      return new LeaseUpdate.Release(lease, r.pds(), r.after(), r.keepPosition());
    } else if (update instanceof LeaseUpdate.Retry retry) {
      return new LeaseUpdate.Retry(lease, retry.pds(), retry.after(), retry.failure());
    } else if (update instanceof LeaseUpdate.Done done) {
      return new LeaseUpdate.Done(lease, done.rev());
    } else if (update instanceof LeaseUpdate.Closed closed) {
      return new LeaseUpdate.Closed(lease, closed.state(), closed.reason());
    }
    return new LeaseUpdate.Failed(lease, ((LeaseUpdate.Failed) update).failure());
  }
}

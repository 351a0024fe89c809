package io.github.atprotobackfill.progress;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Jobs in the order in which they were opened, behind one lock. */
final class InMemoryProgressStore implements ProgressStore {

  private final InstantSource clock;
  private final InMemoryWorkQueue queue;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<UUID, Job> jobs = new LinkedHashMap<>();
  private final Map<JobSpec, UUID> unfinished = new HashMap<>();
  private final Map<UUID, Map<String, DiscoveryState>> discovery = new HashMap<>();
  private final Map<UUID, Hold> holds = new HashMap<>();

  /** Who lists a job's sources, and until when. */
  private record Hold(String worker, Instant until) {}

  InMemoryProgressStore(InstantSource clock, InMemoryWorkQueue queue) {
    this.clock = clock;
    this.queue = queue;
  }

  @Override
  public Job open(JobSpec spec) {
    lock.lock();
    try {
      UUID joined = unfinished.get(spec);
      return joined == null ? begin(spec) : existing(joined);
    } finally {
      lock.unlock();
    }
  }

  private Job begin(JobSpec spec) {
    Job job =
        new Job(
            UUID.randomUUID(),
            spec,
            JobState.PENDING,
            null,
            clock.instant(),
            null,
            null,
            JobCounts.NONE);
    jobs.put(job.id(), job);
    unfinished.put(spec, job.id());
    return job;
  }

  @Override
  public boolean restore(Job job) {
    lock.lock();
    try {
      if (jobs.containsKey(job.id())) {
        return true;
      }
      if (!job.state().terminal() && unfinished.putIfAbsent(job.spec(), job.id()) != null) {
        return false;
      }
      jobs.put(job.id(), job);
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Job> find(UUID id) {
    lock.lock();
    try {
      return Optional.ofNullable(jobs.get(id));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Job> list(int most) {
    lock.lock();
    try {
      List<Job> newestFirst = new ArrayList<>(jobs.values());
      Collections.reverse(newestFirst);
      return List.copyOf(newestFirst.subList(0, Math.min(most, newestFirst.size())));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
    lock.lock();
    try {
      Job job = jobs.get(id);
      if (job == null || job.state() != from || !from.mayBecome(to)) {
        return false;
      }
      jobs.put(id, moved(job, to, reason, clock.instant()));
      if (to.terminal()) {
        unfinished.remove(job.spec());
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static Job moved(Job job, JobState to, @Nullable String reason, Instant now) {
    boolean starts = to == JobState.RUNNING && job.startedAt() == null;
    return new Job(
        job.id(),
        job.spec(),
        to,
        reason,
        job.createdAt(),
        starts ? now : job.startedAt(),
        to.terminal() ? now : null,
        job.counts());
  }

  @Override
  public void saveDiscovery(UUID id, DiscoveryState state) {
    lock.lock();
    try {
      existing(id);
      discovery.computeIfAbsent(id, job -> new LinkedHashMap<>()).put(state.source(), state);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<DiscoveryState> discovery(UUID id) {
    lock.lock();
    try {
      return List.copyOf(discovery.getOrDefault(id, Map.of()).values());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean holdDiscovery(UUID id, String worker, Duration lasts) {
    lock.lock();
    try {
      Instant now = clock.instant();
      Hold held = holds.get(id);
      boolean anothers = held != null && !held.worker().equals(worker) && held.until().isAfter(now);
      if (anothers || !jobs.containsKey(id)) {
        return false;
      }
      if (lasts.isZero()) {
        holds.remove(id);
        return false;
      }
      holds.put(id, new Hold(worker, now.plus(lasts)));
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void addCounts(UUID id, JobCounts change) {
    update(
        id,
        job ->
            new Job(
                job.id(),
                job.spec(),
                job.state(),
                job.reason(),
                job.createdAt(),
                job.startedAt(),
                job.endedAt(),
                job.counts().plus(change)));
  }

  @Override
  public List<UUID> purge(Duration age) {
    lock.lock();
    try {
      Instant before = clock.instant().minus(age);
      List<UUID> old =
          jobs.values().stream().filter(job -> endedBefore(job, before)).map(Job::id).toList();
      old.forEach(this::forget);
      return old;
    } finally {
      lock.unlock();
    }
  }

  private static boolean endedBefore(Job job, Instant instant) {
    Instant ended = job.endedAt();
    return ended != null && ended.isBefore(instant);
  }

  private void forget(UUID id) {
    jobs.remove(id);
    discovery.remove(id);
    holds.remove(id);
    queue.forget(id);
  }

  private void update(UUID id, UnaryOperator<Job> change) {
    lock.lock();
    try {
      jobs.put(id, change.apply(existing(id)));
    } finally {
      lock.unlock();
    }
  }

  private Job existing(UUID id) {
    Job job = jobs.get(id);
    if (job == null) {
      throw new StoreException("there is no job " + id, null);
    }
    return job;
  }
}

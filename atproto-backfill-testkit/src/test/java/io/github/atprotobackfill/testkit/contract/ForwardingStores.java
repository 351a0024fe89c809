package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.SharedBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Stores that pass every call on, so that a broken one shows just what it does wrong. */
record ForwardingStores(
    ProgressStore progress, WorkQueue queue, RepoStates states, Optional<SharedBudget> sharedBudget)
    implements BackfillStores {

  ForwardingStores(ProgressStore progress, WorkQueue queue, RepoStates states) {
    this(progress, queue, states, Optional.empty());
  }

  static class Queue implements WorkQueue {

    final WorkQueue sound;

    Queue(WorkQueue sound) {
      this.sound = sound;
    }

    @Override
    public int enqueue(UUID job, List<QueuedRepo> repos) {
      return sound.enqueue(job, repos);
    }

    @Override
    public Set<ServiceUrl> hosts(UUID job) {
      return sound.hosts(job);
    }

    @Override
    public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
      return sound.claim(job, worker, wanted, lasts);
    }

    @Override
    public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
      return sound.apply(job, updates);
    }

    @Override
    public QueueStats stats(UUID job) {
      return sound.stats(job);
    }

    @Override
    public Instant now(UUID job) {
      return sound.now(job);
    }

    @Override
    public void forget(UUID job) {
      sound.forget(job);
    }

    @Override
    public List<RepoEntry> repos(UUID job, Set<RepoState> states, @Nullable Did after, int most) {
      return sound.repos(job, states, after, most);
    }

    @Override
    public Optional<AtomicScope> atomicScope() {
      return sound.atomicScope();
    }
  }

  static class Progress implements ProgressStore {

    final ProgressStore sound;

    Progress(ProgressStore sound) {
      this.sound = sound;
    }

    @Override
    public Job open(JobSpec spec) {
      return sound.open(spec);
    }

    @Override
    public boolean restore(Job job) {
      return sound.restore(job);
    }

    @Override
    public Optional<Job> find(UUID id) {
      return sound.find(id);
    }

    @Override
    public List<Job> list(int most) {
      return sound.list(most);
    }

    @Override
    public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
      return sound.move(id, from, to, reason);
    }

    @Override
    public void saveDiscovery(UUID id, DiscoveryState state) {
      sound.saveDiscovery(id, state);
    }

    @Override
    public List<DiscoveryState> discovery(UUID id) {
      return sound.discovery(id);
    }

    @Override
    public boolean holdDiscovery(UUID id, String worker, Duration lasts) {
      return sound.holdDiscovery(id, worker, lasts);
    }

    @Override
    public void addCounts(UUID id, JobCounts change) {
      sound.addCounts(id, change);
    }

    @Override
    public List<UUID> purge(Duration age) {
      return sound.purge(age);
    }
  }

  static class States implements RepoStates {

    final RepoStates sound;

    States(RepoStates sound) {
      this.sound = sound;
    }

    @Override
    public Map<Did, HeldRepo> find(Collection<Did> dids) {
      return sound.find(dids);
    }

    @Override
    public void save(List<HeldRepo> repos) {
      sound.save(repos);
    }
  }
}

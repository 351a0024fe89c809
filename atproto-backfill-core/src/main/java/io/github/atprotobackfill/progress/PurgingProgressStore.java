package io.github.atprotobackfill.progress;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells a queue that is kept elsewhere which jobs are no more. */
record PurgingProgressStore(ProgressStore progress, WorkQueue queue) implements ProgressStore {

  @Override
  public int purge(Duration age) {
    List<Job> before = progress.list(Integer.MAX_VALUE);
    int purged = progress.purge(age);
    for (Job job : before) {
      if (progress.find(job.id()).isEmpty()) {
        queue.forget(job.id());
      }
    }
    return purged;
  }

  @Override
  public Job open(JobSpec spec) {
    return progress.open(spec);
  }

  @Override
  public boolean restore(Job job) {
    return progress.restore(job);
  }

  @Override
  public Optional<Job> find(UUID id) {
    return progress.find(id);
  }

  @Override
  public List<Job> list(int most) {
    return progress.list(most);
  }

  @Override
  public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
    return progress.move(id, from, to, reason);
  }

  @Override
  public void saveDiscovery(UUID id, DiscoveryState state) {
    progress.saveDiscovery(id, state);
  }

  @Override
  public List<DiscoveryState> discovery(UUID id) {
    return progress.discovery(id);
  }

  @Override
  public boolean holdDiscovery(UUID id, String worker, Duration lasts) {
    return progress.holdDiscovery(id, worker, lasts);
  }

  @Override
  public void addCounts(UUID id, JobCounts change) {
    progress.addCounts(id, change);
  }
}

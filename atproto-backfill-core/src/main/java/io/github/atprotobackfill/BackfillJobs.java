package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a store, whoever runs them: a pause or cancel asked for here reaches the process that
 * works on the job within one page. Thread-safe.
 */
public final class BackfillJobs {

  private static final Set<RepoState> NOT_DONE =
      EnumSet.of(RepoState.FAILED, RepoState.UNAVAILABLE, RepoState.GONE);
  private static final String ON_REQUEST = "cancelled on request";

  private final BackfillStores stores;

  public BackfillJobs(BackfillStores stores) {
    this.stores = stores;
  }

  /** The newest jobs first. */
  public List<Job> list(int most) {
    return stores.progress().list(most);
  }

  /** The job with this id. */
  public Optional<Job> find(UUID id) {
    return stores.progress().find(id);
  }

  /** Repos by where they stand; counted in the store. */
  public BackfillProgress.Repos repos(UUID id) {
    return BackfillProgress.Repos.of(stores.queue().stats(id));
  }

  /** The sources of the job and how far each was listed. */
  public List<DiscoveryState> sources(UUID id) {
    return stores.progress().discovery(id);
  }

  /** Asks a running job to pause; false when it was not running. */
  public boolean pause(UUID id) {
    return stores.progress().move(id, JobState.RUNNING, JobState.PAUSED, "paused on request");
  }

  /** Lets a paused job run again, by whoever runs it next; false when it was not paused. */
  public boolean resume(UUID id) {
    return stores.progress().move(id, JobState.PAUSED, JobState.RUNNING, null);
  }

  /**
   * Ends a job for good; false when it had ended already. A job that a process is working on is
   * {@code CANCELLING} until that process has put down its work.
   */
  public boolean cancel(UUID id) {
    ProgressStore progress = stores.progress();
    if (progress.move(id, JobState.PENDING, JobState.CANCELLED, ON_REQUEST)) {
      return true;
    }
    boolean asked =
        progress.move(id, JobState.RUNNING, JobState.CANCELLING, ON_REQUEST)
            || progress.move(id, JobState.PAUSED, JobState.CANCELLING, ON_REQUEST);
    if (asked && stores.queue().stats(id).count(RepoState.LEASED) == 0) {
      progress.move(id, JobState.CANCELLING, JobState.CANCELLED, ON_REQUEST);
    }
    return asked;
  }

  /** Repos that did not end as done: failed, unavailable and gone, in order of their DIDs. */
  public List<RepoEntry> problems(UUID id, @Nullable Did after, int most) {
    return stores.queue().repos(id, NOT_DONE, after, most);
  }

  /**
   * The job that takes up just what is missing of {@code id}: the repos that failed, and the
   * sources that were not listed to their end.
   *
   * @throws IllegalArgumentException when there is no such job
   */
  public BackfillJob retryOf(UUID id) {
    Job job = find(id).orElseThrow(() -> new IllegalArgumentException("there is no job " + id));
    return new BackfillJob.Retry(id, JobSpecs.decode(job.spec()).collections());
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.syntax.Did;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a store, whoever runs them: a pause or cancel asked for here reaches the process that
 * works on the job within one page. Thread-safe.
 */
public final class BackfillJobs {

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
    throw new UnsupportedOperationException("" + id);
  }

  /** The sources of the job and how far each was listed. */
  public List<DiscoveryState> sources(UUID id) {
    return stores.progress().discovery(id);
  }

  /** Asks a running job to pause; false when it was not running. */
  public boolean pause(UUID id) {
    throw new UnsupportedOperationException("" + id);
  }

  /** Lets a paused job run again (by whoever runs it next); false when it was not paused. */
  public boolean resume(UUID id) {
    throw new UnsupportedOperationException("" + id);
  }

  /** Ends a job for good; false when it had ended already. */
  public boolean cancel(UUID id) {
    throw new UnsupportedOperationException("" + id);
  }

  /** Repos that did not end as done: failed, unavailable and gone, in order of their DIDs. */
  public List<RepoEntry> problems(UUID id, @Nullable Did after, int most) {
    throw new UnsupportedOperationException("" + id);
  }

  /** The job that takes up just what failed in {@code id}, sources included. */
  public BackfillJob retryOf(UUID id) {
    throw new UnsupportedOperationException("" + id);
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.source.RepoPage;
import io.github.atprotobackfill.source.RepoRef;
import io.github.atprotobackfill.source.RepoSource;
import io.github.atprotobackfill.syntax.Did;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The repos that failed in an earlier job, in order of their DIDs; the cursor is the last DID.
 * Where the queue has lost repos of that job, nobody knows which failed.
 */
final class FailedReposSource implements RepoSource {

  private static final int PAGE = 1000;

  private final BackfillStores stores;
  private final UUID job;

  FailedReposSource(BackfillStores stores, UUID job) {
    this.stores = stores;
    this.job = job;
  }

  @Override
  public String id() {
    return "failed:" + job;
  }

  @Override
  public RepoPage page(@Nullable String cursor) {
    if (cursor == null) {
      requireWhole();
    }
    Did after = cursor == null ? null : Did.parse(cursor);
    List<RepoEntry> failed = stores.queue().repos(job, Set.of(RepoState.FAILED), after, PAGE);
    List<RepoRef> repos = failed.stream().map(entry -> RepoRef.of(entry.did())).toList();
    return RepoPage.of(
        repos, failed.size() < PAGE ? null : failed.get(failed.size() - 1).did().value());
  }

  private void requireWhole() {
    long queued = Discovery.queued(stores.progress().discovery(job));
    long there = stores.queue().stats(job).total();
    if (there < queued) {
      throw new LostReposException(
          "the queue has lost %d of the %d repos of job %s: start that job again instead"
              .formatted(queued - there, queued, job));
    }
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.source.RepoPage;
import io.github.atprotobackfill.source.RepoRef;
import io.github.atprotobackfill.source.RepoSource;
import io.github.atprotobackfill.syntax.Did;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The repos that failed in an earlier job, in order of their DIDs; the cursor is the last DID. */
final class FailedReposSource implements RepoSource {

  private static final int PAGE = 1000;

  private final WorkQueue queue;
  private final UUID job;

  FailedReposSource(WorkQueue queue, UUID job) {
    this.queue = queue;
    this.job = job;
  }

  @Override
  public String id() {
    return "failed:" + job;
  }

  @Override
  public RepoPage page(@Nullable String cursor) {
    Did after = cursor == null ? null : Did.parse(cursor);
    List<RepoEntry> failed = queue.repos(job, Set.of(RepoState.FAILED), after, PAGE);
    List<RepoRef> repos = failed.stream().map(entry -> RepoRef.of(entry.did())).toList();
    return RepoPage.of(
        repos, failed.size() < PAGE ? null : failed.get(failed.size() - 1).did().value());
  }
}

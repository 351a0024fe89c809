package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillJobs;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The repos of a job that did not end as done, read page by page. */
final class FailedRepos {

  private static final int PAGE = 1000;

  private FailedRepos() {}

  /** Hands every repo that did not end as done to {@code each}, in order of the DIDs. */
  static void forEach(BackfillJobs jobs, UUID job, Consumer<RepoEntry> each) {
    @Nullable Did after = null;
    List<RepoEntry> page;
    do {
      page = jobs.problems(job, after, PAGE);
      page.forEach(each);
      after = page.isEmpty() ? null : page.get(page.size() - 1).did();
    } while (page.size() == PAGE);
  }

  /** The first {@code most} repos that failed, leaving out those that are unavailable or gone. */
  static List<RepoEntry> of(BackfillJobs jobs, UUID job, int most) {
    List<RepoEntry> failed = new ArrayList<>();
    @Nullable Did after = null;
    List<RepoEntry> page;
    do {
      page = jobs.problems(job, after, PAGE);
      page.stream().filter(repo -> repo.state() == RepoState.FAILED).forEach(failed::add);
      after = page.isEmpty() ? null : page.get(page.size() - 1).did();
    } while (page.size() == PAGE && failed.size() < most);
    return failed.stream().limit(most).toList();
  }
}

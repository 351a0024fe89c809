package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.RepoState;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a job ends in which nothing is left to do: {@code COMPLETED} only when every source was
 * listed to its end and every repo is in a good final state.
 *
 * @param reason what is missing; null when nothing is
 */
record JobEnding(JobState state, @Nullable String reason) {

  private static final int SOURCES_NAMED = 5;

  /**
   * @param sources all sources of the job
   */
  static JobEnding of(QueueStats stats, List<DiscoveryState> sources) {
    List<DiscoveryState> failedSources =
        sources.stream().filter(state -> state.failure() != null).toList();
    long failed = stats.count(RepoState.FAILED);
    if (failed == 0 && failedSources.isEmpty()) {
      return new JobEnding(JobState.COMPLETED, null);
    }
    String repos = failed == 0 ? "" : failed + " of " + stats.total() + " repos failed";
    String unlisted = failedSources.isEmpty() ? "" : named(failedSources);
    String between = repos.isEmpty() || unlisted.isEmpty() ? "" : "; ";
    return new JobEnding(JobState.INCOMPLETE, repos + between + unlisted);
  }

  private static String named(List<DiscoveryState> sources) {
    String named =
        sources.stream()
            .limit(SOURCES_NAMED)
            .map(state -> state.source() + " (" + state.failure() + ")")
            .collect(Collectors.joining(", "));
    int more = sources.size() - SOURCES_NAMED;
    return "not listed to the end: " + named + (more > 0 ? " and " + more + " more" : "");
  }
}

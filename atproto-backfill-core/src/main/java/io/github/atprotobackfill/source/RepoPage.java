package io.github.atprotobackfill.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a {@link RepoSource}.
 *
 * @param repos the repos on it; may be empty in the middle of a listing
 * @param sources further sources that this page led to, such as the hosts a relay knows
 * @param cursor where the next page begins; null at the end, and only there
 * @param rejected entries that were not what the protocol says, and were left out
 */
public record RepoPage(
    List<RepoRef> repos, List<RepoSource> sources, @Nullable String cursor, int rejected) {

  public RepoPage {
    repos = List.copyOf(repos);
    sources = List.copyOf(sources);
  }

  /** A page of repos alone. */
  public static RepoPage of(List<RepoRef> repos, @Nullable String cursor) {
    return new RepoPage(repos, List.of(), cursor, 0);
  }
}

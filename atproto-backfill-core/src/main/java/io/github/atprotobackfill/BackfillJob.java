package io.github.atprotobackfill;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What to back fill: where repos come from, and which collections of them are wanted. Immutable.
 *
 * <p>Two equal jobs are the same job: while one is unfinished, starting the other goes on with it.
 */
public sealed interface BackfillJob {

  /** The collections wanted; empty for all there are. */
  Set<Nsid> collections();

  /**
   * The repos with records in the collections, as the relays' {@code listReposByCollection} know
   * them, united over the relays.
   *
   * @param relays at least one
   * @param collections at least one
   * @param fallbackToHosts whether a relay without that listing is replaced by listing its hosts,
   *     each with all its repos
   */
  record Collections(List<ServiceUrl> relays, Set<Nsid> collections, boolean fallbackToHosts)
      implements BackfillJob {
    public Collections {
      relays = required("relay", relays);
      collections = Set.copyOf(collections);
      if (collections.isEmpty()) {
        throw new IllegalArgumentException("at least one collection is needed");
      }
    }
  }

  /**
   * The given repos.
   *
   * @param repos at least one; see {@link io.github.atprotobackfill.identity.RepoNames} for lists
   *     that people give
   */
  record Repos(List<Did> repos, Set<Nsid> collections) implements BackfillJob {
    public Repos {
      repos = required("repo", repos);
      collections = Set.copyOf(collections);
    }
  }

  /** Every repo of the given hosts, as each host's {@code listRepos} tells. */
  record Hosts(List<ServiceUrl> hosts, Set<Nsid> collections) implements BackfillJob {
    public Hosts {
      hosts = required("host", hosts);
      collections = Set.copyOf(collections);
    }
  }

  /** Every repo of every host that the relays' {@code listHosts} know. */
  record Network(List<ServiceUrl> relays, Set<Nsid> collections) implements BackfillJob {
    public Network {
      relays = required("relay", relays);
      collections = Set.copyOf(collections);
    }
  }

  /** The repos with which an earlier job did not end well, and nothing else. */
  record Retry(UUID job, Set<Nsid> collections) implements BackfillJob {
    public Retry {
      collections = Set.copyOf(collections);
    }
  }

  /**
   * Whatever others put into the queue, for as long as the run goes on: it lists nothing, and only
   * {@link BackfillRun#stop} and {@link BackfillRun#cancel} end it.
   *
   * @param name tells standing jobs of the same collections apart; not blank
   */
  record Standing(String name, Set<Nsid> collections) implements BackfillJob {
    public Standing {
      if (name.isBlank()) {
        throw new IllegalArgumentException("a standing job needs a name");
      }
      collections = Set.copyOf(collections);
    }
  }

  private static <T extends Comparable<? super T>> List<T> required(
      String what, Collection<T> given) {
    if (given.isEmpty()) {
      throw new IllegalArgumentException("at least one " + what + " is needed");
    }
    return given.stream().distinct().sorted().toList();
  }
}

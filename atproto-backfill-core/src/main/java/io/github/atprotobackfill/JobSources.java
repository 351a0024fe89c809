package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.source.RepoSource;
import io.github.atprotobackfill.source.RepoSources;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sources of a job, and what takes the place of one that its service does not offer. */
final class JobSources {

  private final RepoSources sources;
  private final BackfillStores stores;
  private final BackfillJob job;
  private volatile @Nullable List<RepoSource> known;

  JobSources(RepoSources sources, BackfillStores stores, BackfillJob job) {
    this.sources = sources;
    this.stores = stores;
    this.job = job;
  }

  /** The sources that the job begins with; a standing job has none. */
  List<RepoSource> first() {
    List<RepoSource> first = known;
    if (first == null) {
      first = List.copyOf(sourcesOfJob());
      known = first;
    }
    return first;
  }

  private List<RepoSource> sourcesOfJob() {
    List<RepoSource> first = new ArrayList<>();
    if (job instanceof BackfillJob.Collections collections) {
      collectionListings(collections).keySet().forEach(id -> first.add(sources.ofId(id)));
    } else if (job instanceof BackfillJob.Repos repos) {
      first.add(RepoSources.fixed(repos.repos()));
    } else if (job instanceof BackfillJob.Hosts hosts) {
      hosts.hosts().forEach(host -> first.add(sources.host(host)));
    } else if (job instanceof BackfillJob.Network network) {
      network.relays().forEach(relay -> first.add(sources.hosts(relay)));
    } else if (job instanceof BackfillJob.Retry retry) {
      first.add(new FailedReposSource(stores, retry.job()));
      stores.progress().discovery(retry.job()).stream()
          .filter(state -> state.failure() != null)
          .forEach(state -> first.add(sources.ofId(state.source())));
    }
    return first;
  }

  /** The source with this id, as this job began with it or was led to it. */
  RepoSource ofId(String id) {
    return first().stream()
        .filter(source -> source.id().equals(id))
        .findFirst()
        .orElseGet(() -> sources.ofId(id));
  }

  /** What to list instead of a source that its service does not offer, if the job wishes that. */
  Optional<RepoSource> insteadOf(DiscoveryState unsupported) {
    if (job instanceof BackfillJob.Collections collections && collections.fallbackToHosts()) {
      return Optional.ofNullable(collectionListings(collections).get(unsupported.source()))
          .map(sources::hosts);
    }
    return Optional.empty();
  }

  private Map<String, ServiceUrl> collectionListings(BackfillJob.Collections wanted) {
    Map<String, ServiceUrl> relays = new LinkedHashMap<>();
    for (ServiceUrl relay : wanted.relays()) {
      for (Nsid collection : wanted.collections().stream().sorted().toList()) {
        relays.put(sources.collection(relay, collection).id(), relay);
      }
    }
    return relays;
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.AccountKey;
import io.github.atprotobackfill.fetch.FetchChoice;
import io.github.atprotobackfill.fetch.FetchRequest;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.source.PageWalk;
import io.github.atprotobackfill.source.RepoPage;
import io.github.atprotobackfill.source.RepoRef;
import io.github.atprotobackfill.source.RepoSource;
import io.github.atprotobackfill.source.RepoSources;
import io.github.atprotobackfill.source.SourceUnsupportedException;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Reckons what a job would ask of whom. Used once, by one thread. */
final class Planner {

  private final Settings settings;
  private final BackfillJob job;
  private final JobSources sources;
  private final Locator locator;
  private final Set<Did> seen = new HashSet<>();
  private final Set<String> sourcesSeen = new HashSet<>();
  private final Map<ServiceUrl, Reckoning> hosts = new HashMap<>();
  private final Map<String, Long> unresolved = new HashMap<>();
  private final Map<String, Failure> failedSources = new HashMap<>();

  Planner(Settings settings, BackfillJob job) {
    this.settings = settings;
    this.job = job;
    this.sources = new JobSources(new RepoSources(settings.client()), settings.stores(), job);
    this.locator = new Locator(settings, InstantSource.system(), System::nanoTime);
  }

  BackfillPlan plan() throws InterruptedException {
    ArrayDeque<RepoSource> left = new ArrayDeque<>(sources.first());
    while (!left.isEmpty()) {
      RepoSource source = left.remove();
      if (sourcesSeen.add(source.id())) {
        list(source, left);
      }
    }
    return new BackfillPlan(seen.size(), unresolved, shares(), failedSources);
  }

  private void list(RepoSource source, ArrayDeque<RepoSource> left) throws InterruptedException {
    PageWalk loops = new PageWalk(source.id(), null);
    String cursor = null;
    try {
      do {
        RepoPage page = source.page(cursor);
        loops.passed(page);
        for (RepoRef repo : page.repos()) {
          count(repo);
        }
        left.addAll(page.sources());
        cursor = page.cursor();
      } while (cursor != null);
    } catch (SourceUnsupportedException e) {
      Optional<RepoSource> other = sources.insteadOf(DiscoveryState.begin(source.id()));
      other.ifPresentOrElse(left::add, () -> failedSources.put(source.id(), Failure.of(e)));
    } catch (BackfillException e) {
      failedSources.put(source.id(), Failure.of(e));
    }
  }

  private void count(RepoRef repo) throws InterruptedException {
    if (!seen.add(repo.did())) {
      return;
    }
    try {
      ServiceUrl host = locator.locate(asLease(repo), null);
      hosts.computeIfAbsent(host, known -> new Reckoning()).add(choice(repo.did(), host));
    } catch (BackfillException e) {
      unresolved.merge(e.kind().code(), 1L, Long::sum);
    }
  }

  private Lease asLease(RepoRef repo) {
    return new Lease(new UUID(0, 0), repo.did(), 0, Duration.ZERO, repo.pds(), repo.rev(), 0, null);
  }

  private List<BackfillPlan.HostShare> shares() {
    List<BackfillPlan.HostShare> shares = new ArrayList<>();
    hosts.forEach((host, reckoned) -> shares.add(share(host, reckoned)));
    shares.sort(Comparator.comparingLong(BackfillPlan.HostShare::requests).reversed());
    return shares;
  }

  private FetchChoice choice(Did did, ServiceUrl host) {
    AccountKey key = afresh -> locator.key(did, afresh);
    FetchRequest request = FetchRequest.of(did, host, key).withCollections(job.collections());
    return settings.fetcher().choice(request);
  }

  /** What the repos of one host add up to. */
  private static final class Reckoning {
    long repos;
    long whole;
    long requests;

    void add(FetchChoice choice) {
      repos++;
      whole += choice.way() == FetchChoice.Way.EXPORT ? 1 : 0;
      requests += choice.requests();
    }
  }

  private BackfillPlan.HostShare share(ServiceUrl host, Reckoning reckoned) {
    return new BackfillPlan.HostShare(
        host,
        reckoned.repos,
        reckoned.whole,
        reckoned.requests,
        atAllowedRate(host, reckoned.requests));
  }

  private Duration atAllowedRate(ServiceUrl host, long requests) {
    HostPolicy policy = settings.client().budget(host).policy();
    return Duration.ofMillis((long) (1000.0 * requests / policy.requestsPerSecond()));
  }
}

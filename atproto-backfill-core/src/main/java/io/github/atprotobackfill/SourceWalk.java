package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.source.PageWalk;
import io.github.atprotobackfill.source.RepoPage;
import io.github.atprotobackfill.source.RepoRef;
import io.github.atprotobackfill.source.RepoSource;
import io.github.atprotobackfill.source.SourceUnsupportedException;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists one source to its end: each page is queued first, and only then is the cursor behind it
 * stored. Waits while more is queued than the discovery window allows. Used by one thread.
 */
final class SourceWalk {

  private static final Duration WINDOW_PAUSE = Duration.ofMillis(100);

  private final RunContext run;
  private final Discovery discovery;
  private final Listing listing;
  private final RepoSource source;
  private final PageWalk loops;

  private DiscoveryState state;

  SourceWalk(
      RunContext run,
      Discovery discovery,
      Listing listing,
      RepoSource source,
      DiscoveryState state) {
    this.run = run;
    this.discovery = discovery;
    this.listing = listing;
    this.source = source;
    this.state = state;
    this.loops = new PageWalk(source.id(), state.cursor());
  }

  String source() {
    return source.id();
  }

  /** Walks until the end of the source, or until the listing is over. */
  void walk() throws InterruptedException {
    while (listing.goesOn() && !state.done()) {
      if (run.counters().open() >= run.settings().discoveryWindow()) {
        pause(WINDOW_PAUSE);
      } else {
        step();
      }
    }
  }

  private void step() throws InterruptedException {
    try {
      RepoPage page = pageWithPatience();
      loops.passed(page);
      if (listing.goesOn()) {
        enqueue(page);
      }
    } catch (SourceUnsupportedException e) {
      unsupported(e);
    } catch (StoreException | BreakdownException e) {
      throw e;
    } catch (BackfillException e) {
      if (listing.goesOn()) {
        fail(Failure.of(e));
      }
    }
  }

  private RepoPage pageWithPatience() throws InterruptedException {
    Patience patience = new Patience(this::pause, run.settings().hostPatience());
    while (true) {
      try {
        return source.page(state.cursor());
      } catch (XrpcException e) {
        run.counters().error(e.kind());
        if (e.kind() == ErrorKind.RATE_LIMITED) {
          pause(e.retryAfter().orElse(Duration.ofSeconds(1)));
        } else if (e.kind().retryable()) {
          waitOrFail(patience, e);
        } else {
          throw e;
        }
        if (!listing.goesOn()) {
          throw e;
        }
      }
    }
  }

  private void pause(Duration most) throws InterruptedException {
    run.control().pause(most, listing::goesOn);
  }

  private static void waitOrFail(Patience patience, XrpcException e) throws InterruptedException {
    try {
      patience.waitOrGiveUp(e);
    } catch (BreakdownException givenUp) {
      throw e; // a source that is away breaks down itself, not the run
    }
  }

  private void enqueue(RepoPage page) throws InterruptedException {
    List<QueuedRepo> repos = page.repos().stream().map(SourceWalk::queued).toList();
    QueueLevel.Put put = listing.enqueue(repos);
    page.sources().forEach(discovery::add);
    if (listing.goesOn()) {
      save(page.cursor(), repos.size(), put.level());
    }
    run.discovered(source.id(), repos.size(), put.added(), page.rejected());
    if (put.added() > 0) {
      run.desk().lookNow(hosts(repos), repos.stream().anyMatch(repo -> repo.pds() == null));
    }
    run.control().signal();
  }

  private static QueuedRepo queued(RepoRef ref) {
    return new QueuedRepo(ref.did(), ref.pds(), ref.rev());
  }

  private static Set<ServiceUrl> hosts(List<QueuedRepo> repos) {
    Set<ServiceUrl> hosts = new HashSet<>();
    for (QueuedRepo repo : repos) {
      if (repo.pds() != null) {
        hosts.add(repo.pds());
      }
    }
    return hosts;
  }

  private void save(@Nullable String cursor, int listed, long queued) {
    state =
        new DiscoveryState(
            state.source(), cursor, cursor == null, state.discovered() + listed, queued, null);
    discovery.save(state);
  }

  /** The service does not offer this listing: replaced if the job wishes that, else a failure. */
  private void unsupported(SourceUnsupportedException e) {
    if (!listing.goesOn()) {
      return;
    }
    if (discovery.replace(state)) {
      run.counters().error(e.kind());
      run.listener().sourceFailed(source.id(), Failure.of(e));
      save(null, 0, state.queued());
    } else {
      fail(Failure.of(e));
    }
  }

  private void fail(Failure failure) {
    run.counters().error(failure.kind());
    state =
        new DiscoveryState(state.source(), state.cursor(), true, state.discovered(), 0, failure);
    discovery.save(state);
    run.listener().sourceFailed(source.id(), failure);
  }
}

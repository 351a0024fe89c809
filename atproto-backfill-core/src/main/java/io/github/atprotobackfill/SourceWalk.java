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

/**
 * Lists one source to its end: each page is queued first, and only then is the cursor behind it
 * stored. Waits while more is queued than the discovery window allows. Used by one thread.
 */
final class SourceWalk {

  private static final Duration WINDOW_PAUSE = Duration.ofMillis(100);

  private final RunContext run;
  private final Discovery discovery;
  private final RepoSource source;
  private final PageWalk loops;

  private DiscoveryState state;

  SourceWalk(RunContext run, Discovery discovery, RepoSource source, DiscoveryState state) {
    this.run = run;
    this.discovery = discovery;
    this.source = source;
    this.state = state;
    this.loops = new PageWalk(source.id(), state.cursor());
  }

  String source() {
    return source.id();
  }

  /** Walks until the end of the source, or until the run no longer works. */
  void walk() throws InterruptedException {
    while (run.control().working() && !state.done()) {
      if (run.counters().open() >= run.settings().discoveryWindow()) {
        run.control().pause(WINDOW_PAUSE);
      } else {
        step();
      }
    }
  }

  private void step() throws InterruptedException {
    try {
      RepoPage page = pageWithPatience();
      loops.passed(page);
      enqueue(page);
    } catch (SourceUnsupportedException e) {
      unsupported(e);
    } catch (StoreException | BreakdownException e) {
      throw e;
    } catch (BackfillException e) {
      if (run.control().working()) {
        fail(Failure.of(e));
      }
    }
  }

  private RepoPage pageWithPatience() throws InterruptedException {
    Patience patience = run.hostPatience();
    while (true) {
      try {
        return source.page(state.cursor());
      } catch (XrpcException e) {
        run.counters().error(e.kind());
        if (e.kind() == ErrorKind.RATE_LIMITED) {
          run.control().pause(e.retryAfter().orElse(Duration.ofSeconds(1)));
        } else if (e.kind().retryable()) {
          waitOrFail(patience, e);
        } else {
          throw e;
        }
        if (!run.control().working()) {
          throw e;
        }
      }
    }
  }

  private static void waitOrFail(Patience patience, XrpcException e) throws InterruptedException {
    try {
      patience.waitOrGiveUp(e);
    } catch (BreakdownException givenUp) {
      throw e; // a source that is away breaks down itself, not the run
    }
  }

  private void enqueue(RepoPage page) {
    List<QueuedRepo> repos = page.repos().stream().map(SourceWalk::queued).toList();
    int added = repos.isEmpty() ? 0 : run.settings().stores().queue().enqueue(run.id(), repos);
    page.sources().forEach(discovery::add);
    save(page.cursor(), repos.size());
    run.discovered(source.id(), repos.size(), added, page.rejected());
    if (added > 0) {
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

  private void save(@org.jspecify.annotations.Nullable String cursor, int listed) {
    state =
        new DiscoveryState(
            state.source(), cursor, cursor == null, state.discovered() + listed, 0, null);
    discovery.save(state);
  }

  /** The service does not offer this listing: replaced if the job wishes that, else a failure. */
  private void unsupported(SourceUnsupportedException e) {
    if (discovery.replace(state)) {
      run.counters().error(e.kind());
      run.listener().sourceFailed(source.id(), Failure.of(e));
      save(null, 0);
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

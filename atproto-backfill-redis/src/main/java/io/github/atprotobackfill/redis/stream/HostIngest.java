package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.redis.stream.StreamIngester.HostProgress;
import io.github.atprotobackfill.redis.stream.StreamIngester.State;
import io.github.atprotobackfill.source.PageWalk;
import io.github.atprotobackfill.source.RepoPage;
import io.github.atprotobackfill.source.RepoRef;
import io.github.atprotobackfill.source.RepoSource;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Lists one host into the stream: each page is added first, and only then is the cursor behind it
 * stored. Run by one thread; {@link #progress} may be asked by any.
 */
final class HostIngest implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(HostIngest.class);

  /** Who answers with what is no listing so many times in a row is not in passing trouble. */
  private static final int MOST_BAD_ANSWERS = 5;

  static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final UnifiedJedis redis;
  private final String stream;
  private final ServiceUrl host;
  private final RepoSource source;
  private final ListingCursor cursor;
  private final HighWater highWater;
  private final StopSignal stop;
  private final Duration standBy;
  private final Duration firstWait;

  private boolean startOver;
  private Duration nextWait;
  private int badAnswers;
  private volatile HostProgress progress;

  /**
   * @param standBy the time between two looks at what another process lists
   * @param firstWait the wait before a host that is away is asked again; the next ones are longer
   * @param startOver whether to list from the beginning, wherever the cursor stands
   */
  HostIngest(
      UnifiedJedis redis,
      String stream,
      ServiceUrl host,
      RepoSource source,
      ListingCursor cursor,
      HighWater highWater,
      StopSignal stop,
      Duration standBy,
      Duration firstWait,
      boolean startOver) {
    this.redis = redis;
    this.stream = stream;
    this.host = host;
    this.source = source;
    this.cursor = cursor;
    this.highWater = highWater;
    this.stop = stop;
    this.standBy = standBy;
    this.firstWait = firstWait;
    this.nextWait = firstWait;
    this.startOver = startOver;
    this.progress = new HostProgress(host, State.WAITING, 0, 0, Optional.empty());
  }

  HostProgress progress() {
    return progress;
  }

  /** Holds on to the lock while a page is waited for; called now and then from elsewhere. */
  void keepLock() {
    if (cursor.held()) {
      cursor.keep();
    }
  }

  @Override
  public void run() {
    try {
      while (!stop.requested() && !progress.state().ended()) {
        stepWithPatience();
      }
    } catch (InterruptedException e) {
      log.debug("listing {} was interrupted", host);
    } catch (RuntimeException e) {
      log.error("listing {} broke down", host, e);
      fail(Failure.of(e));
    }
  }

  private void stepWithPatience() throws InterruptedException {
    try {
      step();
    } catch (JedisException e) {
      waitAfter(new StoreException("Redis stream " + stream + ": " + e.getMessage(), e));
    } catch (StoreException e) {
      waitAfter(e);
    }
  }

  private void step() throws InterruptedException {
    if (!startOver && cursor.stored().filter(ListingCursor.DONE::equals).isPresent()) {
      become(State.DONE);
    } else if (cursor.lock()) {
      try {
        list();
      } finally {
        cursor.unlock();
      }
    } else {
      become(State.WAITING);
      stop.pause(standBy);
    }
  }

  // ---- listing, under the lock

  private void list() throws InterruptedException {
    Optional<String> from = startOver ? Optional.empty() : cursor.stored();
    if (from.filter(ListingCursor.DONE::equals).isPresent()) {
      return; // whoever had the lock before came to the end
    }
    log.info("listing {} into {} {}", host, stream, from.map(at -> "from " + at).orElse("anew"));
    PageWalk walk = new PageWalk(source.id(), from.orElse(null));
    @Nullable String at = from.orElse(null);
    while (!stop.requested()) {
      if (highWater.full()) {
        become(State.HELD_UP);
        stop.pause(highWater.lookEvery());
        continue;
      }
      become(State.LISTING);
      Optional<RepoPage> page = page(at, walk);
      if (page.isEmpty()) {
        return;
      }
      at = page.get().cursor();
      if (!take(page.get()) || at == null) {
        return;
      }
    }
  }

  /** The next page; none when it is to be asked for again, or the listing failed. */
  private Optional<RepoPage> page(@Nullable String at, PageWalk walk) throws InterruptedException {
    RepoPage page;
    try {
      page = stop.interruptibly(() -> source.page(at));
    } catch (XrpcException e) {
      refused(e);
      return Optional.empty();
    } catch (BackfillException e) {
      fail(Failure.of(e));
      return Optional.empty();
    }
    try {
      walk.passed(page);
    } catch (XrpcException e) {
      fail(Failure.of(e));
      return Optional.empty();
    }
    return Optional.of(page);
  }

  /** Adds a page and stores the cursor behind it; false when the lock was lost. */
  private boolean take(RepoPage page) {
    if (!cursor.keep()) {
      log.warn("another process lists {} by now", host);
      return false;
    }
    add(page.repos());
    boolean saved = cursor.save(page.cursor());
    startOver &= !saved;
    nextWait = firstWait;
    badAnswers = 0;
    progress =
        new HostProgress(
            host,
            saved && page.cursor() == null ? State.DONE : State.LISTING,
            progress.listed() + page.repos().size(),
            progress.rejected() + page.rejected(),
            Optional.empty());
    return saved;
  }

  private void add(List<RepoRef> repos) {
    List<Response<StreamEntryID>> added = new ArrayList<>(repos.size());
    try (AbstractPipeline pipeline = redis.pipelined()) {
      for (RepoRef repo : repos) {
        added.add(pipeline.xadd(stream, StreamEntryID.NEW_ENTRY, RepoMessage.entry(repo, host)));
      }
      pipeline.sync();
    }
    added.forEach(Response::get); // throws what was refused
  }

  // ---- what goes wrong

  private void refused(XrpcException e) throws InterruptedException {
    if (e.kind() == ErrorKind.RATE_LIMITED) {
      stop.pause(e.retryAfter().orElse(firstWait));
    } else if (e.kind() == ErrorKind.INVALID_RESPONSE && ++badAnswers >= MOST_BAD_ANSWERS) {
      fail(Failure.of(e));
    } else if (e.kind().retryable()) {
      waitAfter(e);
    } else {
      fail(Failure.of(e));
    }
  }

  private void waitAfter(BackfillException e) throws InterruptedException {
    log.warn("trying again in {} ms: {}", nextWait.toMillis(), e.getMessage());
    become(State.WAITING, Optional.of(Failure.of(e)));
    stop.pause(nextWait);
    Duration longer = nextWait.multipliedBy(2);
    nextWait = longer.compareTo(LONGEST_WAIT) < 0 ? longer : LONGEST_WAIT;
  }

  private void fail(Failure failure) {
    log.warn("{} cannot be listed: {}", host, failure);
    become(State.FAILED, Optional.of(failure));
  }

  private void become(State state) {
    become(state, progress.failure());
  }

  private void become(State state, Optional<Failure> failure) {
    progress = new HostProgress(host, state, progress.listed(), progress.rejected(), failure);
  }
}

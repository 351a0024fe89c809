package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.source.RepoSources;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Lists hosts or relays into the stream {@code repo_backfill}, for any number of backfillers, ours
 * or Bluesky's: a message a repo, as it comes in {@code com.atproto.sync.listRepos}.
 *
 * <p><b>Promise.</b> Every page is added before the cursor behind it is stored, so that a repo may
 * be added twice, but none is left out, whenever this process dies. The cursor of each host lies
 * under {@code repo_backfill:cursor:<host>}; at the end of the listing it becomes {@code
 * !ingester-done}, and the host is not listed again. Of several processes that list the same host,
 * one does, and another goes on when it dies. A host that does not answer is asked again for as
 * long as it takes; one that refuses, or whose listing goes in circles, is given up and said to be.
 *
 * <p>What happens now ({@code subscribeRepos} into {@code firehose_live}, and labels) is not
 * ingested: the client for it is not part of this library yet.
 *
 * <p>Thread-safe. The client of Redis stays the caller's to close.
 */
public final class StreamIngester implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StreamIngester.class);

  private final StopSignal stop = new StopSignal();
  private final List<HostIngest> listings = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch working;
  private final ScheduledExecutorService lockKeeper =
      Executors.newSingleThreadScheduledExecutor(StreamIngester::lockKeeperThread);
  private final @Nullable XrpcClient ownedClient;

  /** How the listing of one host stands. */
  public enum State {
    /** Waits for the host or Redis to come back, or for another process that lists this host. */
    WAITING(false),
    LISTING(false),
    /** Waits for the stream to become shorter than the high-water mark. */
    HELD_UP(false),
    /** Listed to its end, by whomever. */
    DONE(true),
    /** Given up. */
    FAILED(true);

    private final boolean ended;

    State(boolean ended) {
      this.ended = ended;
    }

    /** Whether nothing more will be listed. */
    public boolean ended() {
      return ended;
    }
  }

  /**
   * How far one host is listed.
   *
   * @param listed repos that this process added to the stream
   * @param rejected entries of the listing that were malformed, and left out
   * @param failure what went wrong last, until the next page comes
   */
  public record HostProgress(
      ServiceUrl host, State state, long listed, long rejected, Optional<Failure> failure) {}

  /** A builder for an ingester into that Redis. */
  public static StreamIngesterBuilder builder(UnifiedJedis redis) {
    return new StreamIngesterBuilder(redis);
  }

  StreamIngester(StreamIngesterBuilder plan, XrpcClient client, @Nullable XrpcClient ownedClient) {
    this.ownedClient = ownedClient;
    this.working = new CountDownLatch(plan.hosts.size());
    String stream = plan.names.repoBackfill();
    HighWater highWater =
        new HighWater(plan.redis, stream, plan.highWaterMark, plan.lookEvery, System::nanoTime);
    RepoSources sources = new RepoSources(client);
    for (ServiceUrl host : plan.hosts) {
      listings.add(
          new HostIngest(
              plan.redis,
              stream,
              host,
              sources.host(host),
              new ListingCursor(plan.redis, stream, host, plan.lockFor),
              highWater,
              stop,
              plan.lockFor.dividedBy(3),
              plan.firstWait,
              plan.startOver));
    }
    begin(plan.lockFor.dividedBy(3));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Keeping locks throws nothing.
  private void begin(Duration keepLocksEvery) {
    for (HostIngest listing : listings) {
      String name = "backfill-ingester-" + listing.progress().host().authority();
      Thread thread = new Thread(() -> work(listing), name);
      threads.add(thread);
      thread.start();
    }
    long millis = Math.max(1, keepLocksEvery.toMillis());
    lockKeeper.scheduleWithFixedDelay(this::keepLocks, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void work(HostIngest listing) {
    try {
      listing.run();
    } finally {
      working.countDown();
    }
  }

  private void keepLocks() {
    for (HostIngest listing : listings) {
      try {
        listing.keepLock();
      } catch (JedisException e) {
        log.warn("the lock of {} could not be kept: {}", listing.progress().host(), e.getMessage());
      }
    }
  }

  private static Thread lockKeeperThread(Runnable work) {
    Thread thread = new Thread(work, "backfill-ingester-locks");
    thread.setDaemon(true);
    return thread;
  }

  /** How each host stands, in the order in which they were given. */
  public List<HostProgress> progress() {
    return listings.stream().map(HostIngest::progress).toList();
  }

  /** Ends after the page under way; another ingester, or this one started again, goes on there. */
  public void stop() {
    stop.request();
  }

  /**
   * Waits until no host is being listed any more: all are done or failed, or it was stopped.
   *
   * @return whether that was so within {@code most}
   */
  public boolean await(Duration most) throws InterruptedException {
    return working.await(most.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Stops, and waits for that. */
  @Override
  public void close() {
    stop();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lockKeeper.shutdownNow();
    if (ownedClient != null) {
      ownedClient.close();
    }
  }
}

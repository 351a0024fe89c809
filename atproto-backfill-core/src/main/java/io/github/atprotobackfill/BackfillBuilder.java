package io.github.atprotobackfill;

import io.github.atprotobackfill.fetch.AdaptiveFetcher;
import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.identity.DidResolver;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcClientBuilder;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Configures a {@link Backfill}; not thread-safe. What is handed in is never closed by it. */
public final class BackfillBuilder {

  /** How many repos are asked for at once, over all hosts. */
  public static final int DEFAULT_CONCURRENCY = 64;

  /** How many batches are written at once. */
  public static final int DEFAULT_WRITERS = 2;

  /** How many repos may be queued and not ended before discovery waits. */
  public static final int DEFAULT_DISCOVERY_WINDOW = 100_000;

  /** How many tries a repo has, those not counted in which the host asked us to wait. */
  public static final int DEFAULT_MAX_ATTEMPTS = 4;

  /** The wait before a repo's second try; each further one is four times as long. */
  public static final Duration DEFAULT_FIRST_RETRY = Duration.ofSeconds(2);

  /** The longest wait before another try. */
  public static final Duration DEFAULT_LONGEST_RETRY = Duration.ofMinutes(5);

  /** How long a host or directory may fail to answer before it is given up. */
  public static final Duration DEFAULT_HOST_PATIENCE = Duration.ofMinutes(2);

  /** How long stores or sink may be away before the run breaks down. */
  public static final Duration DEFAULT_STORE_PATIENCE = Duration.ofMinutes(5);

  /** How long a dead process's repos stay its own. */
  public static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

  /** How long jobs that ended are remembered. */
  public static final Duration DEFAULT_HISTORY = Duration.ofDays(28);

  private @Nullable RecordSink sink;
  private @Nullable BackfillStores stores;
  private @Nullable XrpcClient client;
  private @Nullable DidResolver resolver;
  private @Nullable RecordFetcher fetcher;
  private BackfillListener listener = BackfillListener.NONE;
  private @Nullable InstantSource clock;
  private int concurrency = DEFAULT_CONCURRENCY;
  private int writers = DEFAULT_WRITERS;
  private int discoveryWindow = DEFAULT_DISCOVERY_WINDOW;
  private boolean confirmHosts = true;
  private boolean skipUnchanged = true;
  private boolean shareHostBudgets;
  private int maxAttempts = DEFAULT_MAX_ATTEMPTS;
  private Duration firstRetry = DEFAULT_FIRST_RETRY;
  private Duration longestRetry = DEFAULT_LONGEST_RETRY;
  private Duration hostPatience = DEFAULT_HOST_PATIENCE;
  private Duration storePatience = DEFAULT_STORE_PATIENCE;
  private Duration leaseFor = DEFAULT_LEASE;
  private Duration keepHistory = DEFAULT_HISTORY;

  BackfillBuilder() {}

  /** Where records go; required. */
  public BackfillBuilder sink(RecordSink sink) {
    this.sink = sink;
    return this;
  }

  /** Where progress is kept; default in memory, gone with the process. */
  public BackfillBuilder stores(BackfillStores stores) {
    this.stores = stores;
    return this;
  }

  /** How hosts are called; carries the politeness. Default: public hosts only. */
  public BackfillBuilder client(XrpcClient client) {
    this.client = client;
    return this;
  }

  /** How DIDs are resolved; default the public directory and did:web, cached in memory. */
  public BackfillBuilder resolver(DidResolver resolver) {
    this.resolver = resolver;
    return this;
  }

  /** How repos are read; default {@link AdaptiveFetcher}. */
  public BackfillBuilder fetcher(RecordFetcher fetcher) {
    this.fetcher = fetcher;
    return this;
  }

  /** Who is told what happens. */
  public BackfillBuilder listener(BackfillListener listener) {
    this.listener = listener;
    return this;
  }

  /**
   * The clock for stored times, and for finding that a rev is in the future; default that of the
   * stores, by which leases go in any case.
   */
  public BackfillBuilder clock(InstantSource clock) {
    this.clock = clock;
    return this;
  }

  /** See {@link #DEFAULT_CONCURRENCY}. */
  public BackfillBuilder concurrency(int most) {
    this.concurrency = atLeastOne("concurrency", most);
    return this;
  }

  /** See {@link #DEFAULT_WRITERS}. */
  public BackfillBuilder writers(int writers) {
    this.writers = atLeastOne("writers", writers);
    return this;
  }

  /** See {@link #DEFAULT_DISCOVERY_WINDOW}. */
  public BackfillBuilder discoveryWindow(int repos) {
    this.discoveryWindow = atLeastOne("discoveryWindow", repos);
    return this;
  }

  /**
   * Whether the directory is asked to confirm what a host lists as its own; default true. Without,
   * a host is believed when it says that a repo is its own, at no look-up: for hosts one trusts.
   */
  public BackfillBuilder confirmHosts(boolean confirm) {
    this.confirmHosts = confirm;
    return this;
  }

  /**
   * Whether a repo that still has the rev that was read last is left alone; default true. Without,
   * every repo is read, and what was removed from the store by other hands comes back.
   */
  public BackfillBuilder skipUnchanged(boolean skip) {
    this.skipUnchanged = skip;
    return this;
  }

  /**
   * Whether all processes on the same stores spend one budget of requests a host together, as they
   * should behind one IP address; default false. Without, each asks a host for as much as the
   * policy allows one. Is about the client that the engine makes itself: to one of your own, give
   * {@link BackfillStores#sharedBudget()} by {@link XrpcClientBuilder#sharedBudget}.
   */
  public BackfillBuilder shareHostBudgets(boolean share) {
    this.shareHostBudgets = share;
    return this;
  }

  /** See {@link #DEFAULT_MAX_ATTEMPTS}. */
  public BackfillBuilder maxAttempts(int attempts) {
    this.maxAttempts = atLeastOne("maxAttempts", attempts);
    return this;
  }

  /** See {@link #DEFAULT_FIRST_RETRY} and {@link #DEFAULT_LONGEST_RETRY}. */
  public BackfillBuilder retryAfter(Duration first, Duration longest) {
    this.firstRetry = positive("first", first);
    this.longestRetry = positive("longest", longest);
    return this;
  }

  /** See {@link #DEFAULT_HOST_PATIENCE}. */
  public BackfillBuilder hostPatience(Duration patience) {
    this.hostPatience = positive("hostPatience", patience);
    return this;
  }

  /** See {@link #DEFAULT_STORE_PATIENCE}. */
  public BackfillBuilder storePatience(Duration patience) {
    this.storePatience = positive("storePatience", patience);
    return this;
  }

  /** See {@link #DEFAULT_LEASE}. */
  public BackfillBuilder leaseFor(Duration lease) {
    this.leaseFor = positive("leaseFor", lease);
    return this;
  }

  /** See {@link #DEFAULT_HISTORY}. */
  public BackfillBuilder keepHistory(Duration history) {
    this.keepHistory = positive("keepHistory", history);
    return this;
  }

  /**
   * The engine.
   *
   * @throws IllegalStateException when there is no sink, or budgets are to be shared that the
   *     stores do not keep or the client handed in does not ask for
   */
  public Backfill build() {
    if (sink == null) {
      throw new IllegalStateException("a sink is needed: where are the records to go?");
    }
    BackfillStores kept = stores == null ? new InMemoryStores() : stores;
    XrpcClient used = client == null ? publicHostsOnly(kept) : client;
    if (shareHostBudgets && client != null) {
      throw new IllegalStateException(
          "the client is yours: give it the stores' budget by XrpcClientBuilder.sharedBudget");
    }
    Settings settings =
        new Settings(
            sink,
            kept,
            used,
            resolver == null ? DidResolvers.standard(used) : resolver,
            fetcher == null ? new AdaptiveFetcher(used) : fetcher,
            listener,
            clock,
            concurrency,
            writers,
            discoveryWindow,
            confirmHosts,
            skipUnchanged,
            maxAttempts,
            firstRetry,
            longestRetry,
            hostPatience,
            storePatience,
            leaseFor,
            keepHistory);
    return new Backfill(settings, client == null ? used : null);
  }

  private XrpcClient publicHostsOnly(BackfillStores kept) {
    XrpcClientBuilder building =
        XrpcClient.builder()
            .hostPolicy(
                host ->
                    host.equals(DidResolvers.PUBLIC_DIRECTORY)
                        ? HostPolicy.DIRECTORY
                        : HostPolicy.DEFAULT);
    if (shareHostBudgets) {
      building.sharedBudget(
          kept.sharedBudget()
              .orElseThrow(() -> new IllegalStateException("the stores keep no shared budget")));
    }
    return building.build();
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1: " + value);
    }
    return value;
  }

  private static Duration positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive: " + value);
    }
    return value;
  }
}

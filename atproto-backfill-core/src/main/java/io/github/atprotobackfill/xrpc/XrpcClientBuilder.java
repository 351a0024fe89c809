package io.github.atprotobackfill.xrpc;

import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Configures an {@link XrpcClient}; not thread-safe. */
public final class XrpcClientBuilder {

  /** The default of {@link #deadline}. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(60);

  /** The default of {@link #streamDeadline}: 1.8 GB at 1 MB/s. */
  public static final Duration DEFAULT_STREAM_DEADLINE = Duration.ofMinutes(30);

  /** The default of {@link #firstByte}. */
  public static final Duration DEFAULT_FIRST_BYTE = Duration.ofSeconds(20);

  /** The default of {@link #minBytesPerSecond}. */
  public static final long DEFAULT_MIN_BYTES_PER_SECOND = 1024;

  /** The default of {@link #maxBodyBytes}: 100 records of 150 kB, the most a PDS takes in, fit. */
  public static final long DEFAULT_MAX_BODY_BYTES = 16L * 1024 * 1024;

  /** The largest cap on a body, which is one array. */
  static final int LARGEST_BODY = Integer.MAX_VALUE - 8;

  private static final Duration THROUGHPUT_WINDOW = Duration.ofSeconds(10);

  boolean allowPrivateHosts;
  boolean http2;
  String userAgent = UserAgent.DEFAULT;
  Function<ServiceUrl, HostPolicy> hostPolicy = service -> HostPolicy.DEFAULT;
  Duration deadline = DEFAULT_DEADLINE;
  Duration streamDeadline = DEFAULT_STREAM_DEADLINE;
  Duration firstByte = DEFAULT_FIRST_BYTE;
  long minBytesPerSecond = DEFAULT_MIN_BYTES_PER_SECOND;
  int maxBodyBytes = (int) DEFAULT_MAX_BODY_BYTES;
  RetryPolicy retry = RetryPolicy.DEFAULT;
  XrpcListener listener = XrpcListener.NONE;
  @Nullable SharedBudget sharedBudget;
  @Nullable HttpClient httpClient;
  InstantSource clock = InstantSource.system();

  // What only tests replace.
  Duration window = THROUGHPUT_WINDOW;
  HostResolver resolver = HostResolver.SYSTEM;
  LongSupplier ticker = System::nanoTime;
  Sleeper sleeper = Sleeper.SYSTEM;
  Function<ScheduledExecutorService, FirstByteLimit> firstByteLimit = FirstByteLimit::ofThisJvm;

  XrpcClientBuilder() {}

  /**
   * Allows plain http, any port, and private addresses: for tests and networks of one's own.
   * Default false: then only https on port 443 is asked, and only of hosts of which every address
   * is public, since host names come from strangers. What that cannot exclude on Java 17: a name
   * that changes its address between our check and the connection can make this JVM open a TLS
   * handshake, but send no request, to port 443 of an address of its choice.
   */
  public XrpcClientBuilder allowPrivateHosts(boolean allow) {
    this.allowPrivateHosts = allow;
    return this;
  }

  /**
   * {@code name/version (+contact)}; hosts see who asks. The default names this library; name your
   * application and an address at which its operator can be reached.
   */
  public XrpcClientBuilder userAgent(String userAgent) {
    this.userAgent = UserAgent.checked(userAgent);
    return this;
  }

  /**
   * Offers HTTP/2 to https hosts; default false. HTTP/1.1 was measured faster, and on HTTP/2 Java's
   * client opens one connection a host and fails rather than queue when that has no stream left.
   */
  public XrpcClientBuilder http2(boolean offer) {
    this.http2 = offer;
    return this;
  }

  /** The policy for each host, by {@link ServiceUrl}; default {@link HostPolicy#DEFAULT}. */
  public XrpcClientBuilder hostPolicy(Function<ServiceUrl, HostPolicy> policy) {
    this.hostPolicy = Objects.requireNonNull(policy);
    return this;
  }

  /**
   * Where several processes behind one address keep what hosts still allow, so that {@link
   * #hostPolicy} holds for all of them together; default none: the policy is this client's alone.
   * Costs a call to its store for every half second's requests to a host. All processes should have
   * the same policies. While the store is away, hosts are not asked.
   */
  public XrpcClientBuilder sharedBudget(SharedBudget shared) {
    this.sharedBudget = Objects.requireNonNull(shared);
    return this;
  }

  /**
   * The deadline over a whole exchange of which the body is held; default {@link
   * #DEFAULT_DEADLINE}.
   */
  public XrpcClientBuilder deadline(Duration deadline) {
    this.deadline = positive(deadline);
    return this;
  }

  /**
   * The deadline over a whole exchange of which the body is handed on to a {@link BodyReader}, the
   * reader's own time included; default {@link #DEFAULT_STREAM_DEADLINE}.
   */
  public XrpcClientBuilder streamDeadline(Duration deadline) {
    this.streamDeadline = positive(deadline);
    return this;
  }

  /** How long to wait for the first byte of an answer; default {@link #DEFAULT_FIRST_BYTE}. */
  public XrpcClientBuilder firstByte(Duration firstByte) {
    this.firstByte = positive(firstByte);
    return this;
  }

  /**
   * The slowest body tolerated, in bytes a second, judged over windows of ten seconds; default
   * {@link #DEFAULT_MIN_BYTES_PER_SECOND}, none when 0. Of a body that is handed on, only the time
   * counts for which its reader waits for the host.
   */
  public XrpcClientBuilder minBytesPerSecond(long floor) {
    if (floor < 0) {
      throw new IllegalArgumentException("negative throughput floor: " + floor);
    }
    this.minBytesPerSecond = floor;
    return this;
  }

  /**
   * The largest decompressed body taken by {@link XrpcClient#query}; default {@link
   * #DEFAULT_MAX_BODY_BYTES}. One call under way never holds more than three times as much.
   */
  public XrpcClientBuilder maxBodyBytes(long most) {
    if (most < 1 || most > LARGEST_BODY) {
      throw new IllegalArgumentException("maxBodyBytes must be 1 to " + LARGEST_BODY + ": " + most);
    }
    this.maxBodyBytes = (int) most;
    return this;
  }

  /** How often, and how soon, a failed exchange is tried again; {@link RetryPolicy#DEFAULT}. */
  public XrpcClientBuilder retry(RetryPolicy retry) {
    this.retry = Objects.requireNonNull(retry);
    return this;
  }

  /** Who is told of each exchange; default nobody. */
  public XrpcClientBuilder listener(XrpcListener listener) {
    this.listener = Objects.requireNonNull(listener);
    return this;
  }

  /**
   * A client to use instead of one of our own; {@link XrpcClient#close} leaves it open.
   *
   * @throws IllegalArgumentException when it follows redirects by itself, past the address guard
   */
  public XrpcClientBuilder httpClient(HttpClient client) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException("the HttpClient must not follow redirects by itself");
    }
    this.httpClient = client;
    return this;
  }

  /** The wall clock that absolute header times are compared with; default the system's. */
  public XrpcClientBuilder clock(InstantSource clock) {
    this.clock = Objects.requireNonNull(clock);
    return this;
  }

  /** The client so configured. */
  public XrpcClient build() {
    return new XrpcClient(this);
  }

  HttpLimits limits(Duration within) {
    return new HttpLimits(within, firstByte, minBytesPerSecond, window);
  }

  FirstByteLimit firstByteLimit(ScheduledExecutorService timer) {
    return firstByteLimit.apply(timer);
  }

  XrpcClientBuilder throughputWindow(Duration length) {
    this.window = positive(length);
    return this;
  }

  XrpcClientBuilder resolver(HostResolver ofNames) {
    this.resolver = ofNames;
    return this;
  }

  /** The time of budgets, and how to let it pass; sockets keep to real time. */
  XrpcClientBuilder pacing(LongSupplier nanos, Sleeper waits) {
    this.ticker = nanos;
    this.sleeper = waits;
    return this;
  }

  XrpcClientBuilder firstByteLimit(Function<ScheduledExecutorService, FirstByteLimit> way) {
    this.firstByteLimit = way;
    return this;
  }

  private static Duration positive(Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException("must be positive: " + duration);
    }
    return duration;
  }
}

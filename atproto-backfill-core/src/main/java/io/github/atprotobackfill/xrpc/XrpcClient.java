package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.AddressGuard.PublicHttpsOnly;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * Calls XRPC queries over {@code java.net.http}, believing nothing a host says.
 *
 * <p>Every exchange has a deadline as a whole, a first-byte and a throughput floor, a cap on the
 * size of the (decompressed) body, and passes the address guard on each redirect hop. Requests are
 * spent from the host's {@link HostBudget}: a short wait is waited out here, a parked host fails at
 * once with {@link io.github.atprotobackfill.failure.ErrorKind#RATE_LIMITED} without being asked.
 * Failures that may pass are retried a few times with jitter ({@link RetryPolicy}).
 *
 * <p>How failures are told apart, the {@code error} name in the body before the HTTP status (AT
 * Protocol, HTTP API):
 *
 * <ul>
 *   <li>{@code RATE_LIMITED}: {@code RateLimitExceeded}, 429, or a host that is not to be asked
 *       yet; {@link XrpcException#retryAfter()} says how long
 *   <li>{@code REPO_NOT_FOUND}: {@code RepoNotFound}. The other named errors of a repo ({@code
 *       RepoDeactivated}, {@code RepoTakendown} …) are {@code REFUSED}: look at {@link
 *       XrpcException#error()}
 *   <li>{@code NOT_SUPPORTED}: {@code MethodNotImplemented}, {@code XRPCNotSupported}, 501, a 404
 *       without a name, or the reference server's 400 for endpoints that it does not have
 *   <li>{@code SERVER_ERROR}: other 5xx; {@code REFUSED}: other 4xx
 *   <li>{@code DNS}, {@code CONNECT} (also a body cut in the middle), {@code TLS}, {@code TIMEOUT},
 *       {@code TOO_SLOW}, {@code RESPONSE_TOO_LARGE}, {@code BLOCKED_ADDRESS}
 *   <li>{@code INVALID_RESPONSE}: not HTTP, an undecodable encoding, or a redirect that leads
 *       nowhere. What a successful answer holds is the caller's to judge, HTML included
 * </ul>
 *
 * <p>Thread-safe. All calls block and are interruptible; an interrupt closes the connection. How
 * many are made at once is the caller's to bound: there is one connection for each.
 */
public final class XrpcClient implements AutoCloseable {

  private static final int MAX_REDIRECTS = 5;

  private final HttpResources resources;
  private final HttpWire wire;
  private final ExchangeTally tally;
  private final AddressGuard guard;
  private final HostBudgets budgets;
  private final HostTurns turns;
  private final Sleeper sleeper;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final RetryPolicy retry;
  private final int maxBodyBytes;

  XrpcClient(XrpcClientBuilder with) {
    this.resources = new HttpResources(with.httpClient, with.firstByte);
    this.tally = new ExchangeTally(new GuardedListener(with.listener));
    this.wire =
        new HttpWire(
            resources,
            with.limits(with.deadline),
            with.limits(with.streamDeadline),
            with.firstByteLimit(resources.timer()),
            with.userAgent,
            with.http2,
            tally);
    this.guard =
        with.allowPrivateHosts
            ? AddressGuard.OPEN
            : new PublicHttpsOnly(new NameLookup(with.resolver, resources.executor()));
    this.budgets = new HostBudgets(with.hostPolicy, with.ticker, with.sharedBudget);
    this.turns = new HostTurns(with.sleeper);
    this.sleeper = with.sleeper;
    this.clock = with.clock;
    this.ticker = with.ticker;
    this.retry = with.retry;
    this.maxBodyBytes = with.maxBodyBytes;
  }

  /** A client with the defaults: https on 443 to public addresses only. */
  public static XrpcClient create() {
    return builder().build();
  }

  public static XrpcClientBuilder builder() {
    return new XrpcClientBuilder();
  }

  /**
   * Asks {@code service} for {@code method}.
   *
   * @throws XrpcException when there is no successful answer
   */
  public XrpcResponse query(ServiceUrl service, Nsid method, XrpcParams params)
      throws InterruptedException {
    return call(Call.query(service, method, params, maxBodyBytes));
  }

  /**
   * Asks {@code service} for {@code method} and hands the body on as it arrives: for bodies of any
   * size, such as that of {@code com.atproto.sync.getRepo}.
   *
   * <p>Until there are headers of success, all is as with the other {@code query}, new tries
   * included. Once {@code reader} is called, nothing is tried again. What it throws is thrown here;
   * only when the body broke under it, and it threw for that, the break is thrown instead, and what
   * it made of it is suppressed. When it returns or throws before the end of the body, the
   * connection is closed; so it is when the thread is interrupted while it reads.
   *
   * <p>Instead of {@link XrpcClientBuilder#deadline} there is {@link
   * XrpcClientBuilder#streamDeadline}, the reader's time included. The throughput floor counts only
   * the time for which the reader waits for the host.
   *
   * @param maxBytes the cap on the body, compressed and decompressed
   * @return what {@code reader} made of the body
   * @throws XrpcException when there is no successful answer, or its body broke off or met a limit:
   *     {@code CONNECT}, {@code TIMEOUT}, {@code TOO_SLOW}, {@code RESPONSE_TOO_LARGE} or {@code
   *     INVALID_RESPONSE}
   * @throws IOException what {@code reader} threw of its own
   */
  public <T> T query(
      ServiceUrl service, Nsid method, XrpcParams params, long maxBytes, BodyReader<T> reader)
      throws IOException, InterruptedException {
    checkCap(maxBytes);
    Call call = Call.stream(service, method, params, maxBytes);
    resources.enter();
    try {
      return handOn(withRetries(() -> withRedirects(call)), reader);
    } finally {
      resources.leave();
    }
  }

  private <T> T handOn(Answered answered, BodyReader<T> reader)
      throws IOException, InterruptedException {
    Call call = answered.call();
    try (HttpAnswer answer = answered.answer();
        BodyStream body = wire.stream(call, answer)) {
      try {
        return reader.read(call.service(), body);
      } catch (IOException | RuntimeException thrown) {
        body.throwWhatBroke(thrown);
        throw thrown;
      }
    }
  }

  /**
   * Fetches a document that is not XRPC, such as a DID document, under the same rules; redirects
   * are refused.
   *
   * @param maxBytes the cap on this body
   * @throws XrpcException when there is no 2xx answer
   * @throws InvalidSyntaxException when {@code uri} is not an absolute http or https URL
   */
  public XrpcResponse get(URI uri, long maxBytes) throws InterruptedException {
    checkCap(maxBytes);
    return call(Call.document(uri, (int) Math.min(maxBytes, XrpcClientBuilder.LARGEST_BODY)));
  }

  private static void checkCap(long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes must be positive: " + maxBytes);
    }
  }

  private XrpcResponse call(Call call) throws InterruptedException {
    resources.enter();
    try {
      return withRetries(() -> whole(withRedirects(call)));
    } finally {
      resources.leave();
    }
  }

  private static XrpcResponse whole(Answered answered) {
    Call call = answered.call();
    byte[] body = answered.answer().decoded(call, Math.toIntExact(call.maxBytes()));
    return new XrpcResponse(call.service(), body);
  }

  /** One try of a call. */
  @FunctionalInterface
  private interface Attempt<R> {
    R make() throws InterruptedException;
  }

  /**
   * A successful answer.
   *
   * @param call what was answered in the end, after redirects
   */
  private record Answered(Call call, HttpAnswer answer) {}

  private <R> R withRetries(Attempt<R> attempt) throws InterruptedException {
    for (int failures = 1; ; failures++) {
      try {
        return attempt.make();
      } catch (XrpcException failed) {
        if (failures >= retry.attempts() || !mayPass(failed)) {
          throw failed;
        }
        sleeper.sleep(waitAfter(failures, failed).toNanos());
      }
    }
  }

  private static boolean mayPass(XrpcException failed) {
    boolean parked = failed.retryAfter().isPresent();
    return switch (failed.kind()) {
      case CONNECT -> true;
      case TIMEOUT -> failed.status() == 0;
      case SERVER_ERROR -> !parked;
      default -> false;
    };
  }

  /**
   * A request that was cut before its answer most often went out on a pooled connection that the
   * host was just closing; the first new try, on a new connection, need not wait.
   */
  private Duration waitAfter(int failures, XrpcException failed) {
    boolean stale = failures == 1 && failed.kind() == ErrorKind.CONNECT && failed.status() == 0;
    return stale
        ? Duration.ZERO
        : retry.waitAfter(failures, ThreadLocalRandom.current().nextDouble());
  }

  private Answered withRedirects(Call first) throws InterruptedException {
    Call call = first;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      HttpAnswer answer = exchange(call);
      if (!answer.isRedirect()) {
        return new Answered(call, answer);
      }
      call = Redirect.follow(call, answer);
    }
    throw first.failure(
        ErrorKind.INVALID_RESPONSE, "more than " + MAX_REDIRECTS + " redirects", 0, null);
  }

  private HttpAnswer exchange(Call call) throws InterruptedException {
    HostBudget budget = budget(call);
    HttpLimits limits = wire.limits(call);
    turns.await(call, budget);
    long startedAt = System.nanoTime();
    guard.check(call, limits.left(startedAt));
    long sentAt = ticker.getAsLong();
    HttpAnswer answer = wire.get(call, startedAt);
    boolean isGood = false;
    try {
      guard.check(call, limits.left(startedAt));
      refuseErrors(call, answer, budget, sentAt);
      isGood = true;
      return answer;
    } finally {
      if (!isGood) {
        answer.close();
      }
    }
  }

  private HostBudget budget(Call call) {
    return call.isExport() ? budgets.ofExports(call.service()) : budgets.of(call.service());
  }

  private void refuseErrors(Call call, HttpAnswer answer, HostBudget budget, long sentAt) {
    boolean isError = !answer.isSuccess() && !answer.isRedirect();
    ErrorAnswer error = isError ? ErrorAnswer.of(call, answer) : null;
    boolean refused = error != null && error.isRateLimit();
    RateLimitHeaders said = RateLimitHeaders.parse(answer.headers(), clock.instant());
    Duration park = budget.answered(answer.status(), refused, said, sentAt);
    budget.tellNews();
    if (error != null) {
      ErrorKind kind = error.kind(call.isQuery());
      throw call.failure(kind, error.line(), error.status(), error.name(), park);
    }
  }

  /** What the host of {@code service} still allows, of everything but {@code getRepo}. */
  public HostBudget budget(ServiceUrl service) {
    return budgets.of(service);
  }

  /**
   * What the host of {@code service} still allows of {@code method}: {@code
   * com.atproto.sync.getRepo} has a budget of its own, all others share one.
   */
  public HostBudget budget(ServiceUrl service, Nsid method) {
    return method.equals(Call.GET_REPO) ? budgets.ofExports(service) : budgets.of(service);
  }

  /** What was exchanged since this client was made. */
  public XrpcTotals totals() {
    return tally.totals();
  }

  /** Whether private addresses, plain http and odd ports are allowed. */
  public boolean allowsPrivateHosts() {
    return guard == AddressGuard.OPEN;
  }

  /**
   * Closes what this client opened; an {@code HttpClient} handed in stays open. New calls are
   * refused with {@link IllegalStateException}, those under way end as they would have ended, and
   * the last of them ends the threads. (On Java 17 to 20 an {@code HttpClient} has one thread that
   * ends when the garbage collector finds it unused.)
   */
  @Override
  public void close() {
    resources.close();
  }
}

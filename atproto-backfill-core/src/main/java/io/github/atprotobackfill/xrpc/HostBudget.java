package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.xrpc.SharedBudget.Known;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one host still allows us: a token bucket of its {@link HostPolicy}, narrowed by the {@code
 * RateLimit-*} and {@code Retry-After} headers of its answers. Thread-safe. The bucket is this
 * process's own, or kept in a {@link SharedBudget} that several processes draw from.
 *
 * <p>A host has two of these, since the reference PDS counts {@code com.atproto.sync.getRepo} apart
 * from everything else. Ours is one machine to the host, so our pacing is shared by both. Theirs
 * are the windows that headers tell of, and refusals that tell of one. A refusal without any such
 * header comes from a front end that does not know the two apart, and parks both.
 *
 * <p>{@link XrpcClient} spends from it before every request and tells it of every answer. A
 * scheduler only looks at {@link #readyIn()}, so that no thread waits where a queue can. The
 * policy's concurrency is the scheduler's to keep; this counts requests, not exchanges under way.
 *
 * <p>Three things hold a request back:
 *
 * <ul>
 *   <li>our pacing, the bucket: tokens are handed out in the order in which they are asked for,
 *       whatever is asked for with them;
 *   <li>the host's window: once {@code RateLimit-Remaining} requests are spent, until {@code
 *       RateLimit-Reset};
 *   <li>a refusal: 429, or 503 with {@code Retry-After}, until the time that the host names. A host
 *       that names none is left alone for one second, then two, and so on up to two minutes, until
 *       it answers again.
 * </ul>
 *
 * <p>No host keeps us away for longer than {@link HostPolicy#MAX_PARK} at a time. Ask {@link
 * XrpcClient#budget} for it each time rather than keep it: the budget of a host that was not asked
 * for an hour is forgotten.
 */
public final class HostBudget {

  /** The longest wait for our own pacing that is waited out on the caller's thread. */
  static final Duration LONGEST_PACING = Duration.ofSeconds(10);

  /** The longest wait on a host's own wish that is waited out on the caller's thread. */
  static final Duration LONGEST_PARK = Duration.ofSeconds(1);

  /** Two resets further apart than this, which allows for rounding, end two different windows. */
  private static final long SAME_WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private final HostPace pace;
  private final Pacing pacing;
  private final @Nullable SharedDraws shared;
  private final Refusals refusals;

  private boolean windowKnown;
  private long windowEnd;
  private long windowLeft;
  private boolean hasNews;

  private HostBudget(HostPace pace, Pacing pacing, @Nullable SharedDraws shared) {
    this.pace = pace;
    this.pacing = pacing;
    this.shared = shared;
    this.refusals = new Refusals(pace.ticker.getAsLong());
  }

  /** A budget that shares a bucket with others of the same host. */
  HostBudget(HostPace pace, TokenBucket bucket) {
    this(pace, bucket, null);
  }

  /** A budget that several processes share. */
  HostBudget(HostPace pace, SharedDraws shared) {
    this(pace, shared.requests, shared);
  }

  /** A full budget of a host that has one for everything. */
  HostBudget(HostPolicy policy, LongSupplier ticker) {
    this(new HostPace(policy, ticker), new TokenBucket(policy, ticker.getAsLong()));
  }

  /**
   * A place in the host's queue.
   *
   * @param granted whether a request was spent, and may be sent after the wait
   * @param waitNanos how long to wait before sending, or before asking again
   * @param draws whether, after the wait, {@link #draw} is to be called before asking again
   */
  record Turn(boolean granted, long waitNanos, boolean draws) {

    Turn(boolean granted, long waitNanos) {
      this(granted, waitNanos, false);
    }
  }

  /** The policy in force. */
  public HostPolicy policy() {
    return pace.policy;
  }

  /**
   * How long until the host may be asked again; zero when it may be asked now, or when requests may
   * be drawn from the budget that processes share, which this does not do.
   */
  public Duration readyIn() {
    pace.lock.lock();
    try {
      long now = pace.ticker.getAsLong();
      return Duration.ofNanos(Math.max(parked(now), pacing.untilRequest(now)));
    } finally {
      pace.lock.unlock();
    }
  }

  /**
   * How much of {@link #readyIn()} is the host's own wish (a 429, an exhausted window) rather than
   * our pacing; zero when the host is not parked.
   */
  public Duration parkedFor() {
    pace.lock.lock();
    try {
      return Duration.ofNanos(parked(pace.ticker.getAsLong()));
    } finally {
      pace.lock.unlock();
    }
  }

  /** Spends one request, unless the wait for it were longer than a thread should be held. */
  Turn take() {
    pace.lock.lock();
    try {
      long now = pace.ticker.getAsLong();
      long parked = parked(now);
      long paced = pacing.untilRequest(now);
      long wait = Math.max(parked, paced);
      if (parked > LONGEST_PARK.toNanos() || paced > LONGEST_PACING.toNanos()) {
        return new Turn(false, wait);
      }
      if (pacing.mustDraw(now)) {
        return new Turn(false, wait, true);
      }
      pacing.spend();
      windowLeft -= 1;
      return new Turn(true, wait);
    } finally {
      pace.lock.unlock();
    }
  }

  /** Gives back a request that was spent but not sent. */
  void giveBack() {
    pace.lock.lock();
    try {
      pacing.giveBack();
      windowLeft += 1;
    } finally {
      pace.lock.unlock();
    }
  }

  /** Draws requests from the budget that processes share, if none is in hand; asks its store. */
  void draw() throws InterruptedException {
    if (shared != null) {
      shared.draw(this::known);
    }
  }

  /** Tells the processes that share this budget what an answer made of it, if that is news. */
  void tellNews() {
    if (shared != null) {
      Known news = takeNews();
      if (news != null) {
        shared.tell(news);
      }
    }
  }

  private @Nullable Known takeNews() {
    pace.lock.lock();
    try {
      Known news = hasNews ? known(pace.ticker.getAsLong()) : null;
      hasNews = false;
      return news;
    } finally {
      pace.lock.unlock();
    }
  }

  private Known known(long now) {
    boolean running = windowKnown && windowEnd - now > 0;
    int inHand = shared == null ? 0 : shared.requests.inHand();
    return new Known(
        running ? Math.max(0, windowLeft - inHand) : Known.UNLIMITED,
        Duration.ofNanos(running ? windowEnd - now : 0),
        Duration.ofNanos(refusals.left(now)),
        Duration.ofNanos(pace.refusals.left(now)));
  }

  /** How long the host, having refused a request, is still to be left alone. */
  long refusedForNanos() {
    pace.lock.lock();
    try {
      return refused(pace.ticker.getAsLong());
    } finally {
      pace.lock.unlock();
    }
  }

  /**
   * Takes note of an answer.
   *
   * @param rateLimited whether the answer refuses the request for its rate, whatever its status
   * @param sentAt the ticker when the request was sent
   * @return how long the host asks to be left alone; null when it does not
   */
  @Nullable Duration answered(int status, boolean rateLimited, RateLimitHeaders said, long sentAt) {
    pace.lock.lock();
    try {
      long now = pace.ticker.getAsLong();
      long before = parked(now);
      narrow(said, now);
      Duration refused = refused(status, rateLimited, said, sentAt, now);
      hasNews |= parked(now) > before;
      return refused;
    } finally {
      pace.lock.unlock();
    }
  }

  private @Nullable Duration refused(
      int status, boolean rateLimited, RateLimitHeaders said, long sentAt, long now) {
    if (rateLimited || status == TOO_MANY_REQUESTS) {
      Refusals refusing = said.namesWindow() ? refusals : pace.refusals;
      return refusing.refuse(wished(said), sentAt, now);
    }
    if (status == UNAVAILABLE && isPositive(said.retryAfter())) {
      return pace.refusals.refuse(said.retryAfter(), sentAt, now);
    }
    if (status < 500) {
      refusals.answered(sentAt);
      pace.refusals.answered(sentAt);
    }
    return null;
  }

  private static @Nullable Duration wished(RateLimitHeaders said) {
    if (isPositive(said.retryAfter())) {
      return said.retryAfter();
    }
    return isPositive(said.reset()) ? said.reset() : null;
  }

  private static boolean isPositive(@Nullable Duration duration) {
    return duration != null && duration.compareTo(Duration.ZERO) > 0;
  }

  /** Answers arrive in any order, so within one window only the smaller remainder is believed. */
  private void narrow(RateLimitHeaders said, long now) {
    Duration reset = said.reset();
    if (said.remaining() < 0 || reset == null || reset.isZero()) {
      return;
    }
    long end = now + reset.toNanos();
    boolean running = windowKnown && windowEnd - now > 0;
    long later = end - windowEnd;
    if (!running || later > SAME_WINDOW_NANOS) {
      windowKnown = true;
      windowEnd = end;
      windowLeft = said.remaining();
    } else if (later >= -SAME_WINDOW_NANOS) {
      windowLeft = Math.min(windowLeft, said.remaining());
    }
  }

  private long parked(long now) {
    boolean spent = windowKnown && windowLeft <= 0;
    long own = spent ? Math.max(refused(now), windowEnd - now) : refused(now);
    return shared == null ? own : Math.max(own, shared.requests.parked(now));
  }

  private long refused(long now) {
    return Math.max(refusals.left(now), pace.refusals.left(now));
  }
}

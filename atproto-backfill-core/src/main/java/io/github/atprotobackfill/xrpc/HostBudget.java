package io.github.atprotobackfill.xrpc;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one host still allows us: a token bucket of its {@link HostPolicy}, narrowed by the {@code
 * RateLimit-*} and {@code Retry-After} headers of its answers. Thread-safe.
 *
 * <p>{@link XrpcClient} spends from it before every request and tells it of every answer. A
 * scheduler only looks at {@link #readyIn()}, so that no thread waits where a queue can. The
 * policy's concurrency is the scheduler's to keep; this counts requests, not exchanges under way.
 *
 * <p>Three things hold a request back:
 *
 * <ul>
 *   <li>our pacing, the bucket: tokens are handed out in the order in which they are asked for;
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

  static final Duration FIRST_COOL_DOWN = Duration.ofSeconds(1);
  static final Duration LONGEST_COOL_DOWN = Duration.ofMinutes(2);

  /** Two resets further apart than this, which allows for rounding, end two different windows. */
  private static final long SAME_WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final double SECOND = 1e9;

  private final HostPolicy policy;
  private final LongSupplier ticker;
  private final ReentrantLock lock = new ReentrantLock();

  private double tokens;
  private long filledAt;
  private long refusedAt;
  private long refusedUntil;
  private Duration coolDown = FIRST_COOL_DOWN;
  private boolean windowKnown;
  private long windowEnd;
  private long windowLeft;

  /**
   * A full budget.
   *
   * @param ticker nanoseconds that only go forward, as {@link System#nanoTime()}
   */
  HostBudget(HostPolicy policy, LongSupplier ticker) {
    this.policy = policy;
    this.ticker = ticker;
    this.tokens = policy.burst();
    this.filledAt = ticker.getAsLong();
    this.refusedAt = filledAt;
    this.refusedUntil = filledAt;
  }

  /**
   * A place in the host's queue.
   *
   * @param granted whether a request was spent, and may be sent after the wait
   * @param waitNanos how long to wait before sending, or before asking again
   */
  record Turn(boolean granted, long waitNanos) {}

  /** The policy in force. */
  public HostPolicy policy() {
    return policy;
  }

  /** How long until the host may be asked again; zero when it may be asked now. */
  public Duration readyIn() {
    lock.lock();
    try {
      long now = ticker.getAsLong();
      fill(now);
      return Duration.ofNanos(Math.max(parked(now), pacing(tokens - 1)));
    } finally {
      lock.unlock();
    }
  }

  /**
   * How much of {@link #readyIn()} is the host's own wish (a 429, an exhausted window) rather than
   * our pacing; zero when the host is not parked.
   */
  public Duration parkedFor() {
    lock.lock();
    try {
      return Duration.ofNanos(parked(ticker.getAsLong()));
    } finally {
      lock.unlock();
    }
  }

  /** Spends one request, unless the wait for it were longer than a thread should be held. */
  Turn take() {
    lock.lock();
    try {
      long now = ticker.getAsLong();
      fill(now);
      long parked = parked(now);
      long pacing = pacing(tokens - 1);
      if (parked > LONGEST_PARK.toNanos() || pacing > LONGEST_PACING.toNanos()) {
        return new Turn(false, Math.max(parked, pacing));
      }
      tokens -= 1;
      windowLeft -= 1;
      return new Turn(true, Math.max(parked, pacing));
    } finally {
      lock.unlock();
    }
  }

  /** Gives back a request that was spent but not sent. */
  void giveBack() {
    lock.lock();
    try {
      tokens = Math.min(policy.burst(), tokens + 1);
      windowLeft += 1;
    } finally {
      lock.unlock();
    }
  }

  /** How long the host, having refused a request, is still to be left alone. */
  long refusedForNanos() {
    lock.lock();
    try {
      return Math.max(0, refusedUntil - ticker.getAsLong());
    } finally {
      lock.unlock();
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
    lock.lock();
    try {
      long now = ticker.getAsLong();
      narrow(said, now);
      if (rateLimited || status == TOO_MANY_REQUESTS) {
        return refuse(wished(said), sentAt, now);
      }
      if (status == UNAVAILABLE && isPositive(said.retryAfter())) {
        return refuse(said.retryAfter(), sentAt, now);
      }
      if (status < 500 && sentAt - refusedUntil >= 0) {
        coolDown = FIRST_COOL_DOWN;
      }
      return null;
    } finally {
      lock.unlock();
    }
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

  private Duration refuse(@Nullable Duration wish, long sentAt, long now) {
    // Requests sent before the host last refused one say nothing new by being refused, too.
    boolean known = refusedUntil - now > 0 && sentAt - refusedAt <= 0;
    if (wish == null && known) {
      return Duration.ofNanos(refusedUntil - now);
    }
    Duration park = wish == null ? nextCoolDown() : wish;
    refusedAt = now;
    refusedUntil = Math.max(refusedUntil - now, park.toNanos()) + now;
    return park;
  }

  private Duration nextCoolDown() {
    Duration current = coolDown;
    Duration doubled = current.multipliedBy(2);
    coolDown = doubled.compareTo(LONGEST_COOL_DOWN) < 0 ? doubled : LONGEST_COOL_DOWN;
    return current;
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
    long refused = Math.max(0, refusedUntil - now);
    boolean spent = windowKnown && windowLeft <= 0;
    return spent ? Math.max(refused, windowEnd - now) : refused;
  }

  private void fill(long now) {
    if (Double.isInfinite(policy.requestsPerSecond())) {
      tokens = policy.burst();
    } else {
      double earned = (now - filledAt) / SECOND * policy.requestsPerSecond();
      tokens = Math.min(policy.burst(), tokens + earned);
    }
    filledAt = now;
  }

  private long pacing(double tokensAfter) {
    return tokensAfter >= 0
        ? 0
        : (long) Math.ceil(-tokensAfter / policy.requestsPerSecond() * SECOND);
  }
}

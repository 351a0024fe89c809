package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.xrpc.ArrivingBody.CutShort;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a body short that passes its deadline or trickles.
 *
 * <p>{@code HttpRequest.timeout} ends with the headers (JDK 17 to 25), so a host that sends a byte
 * now and then would hold its caller for ever. This looks at one body every ten seconds, and at the
 * deadline; most bodies have long arrived when it would first look.
 */
final class BodyWatch implements Runnable {

  private static final int LOOKS_A_WINDOW = 10;

  private final ArrivingBody body;
  private final HttpLimits limits;
  private final ScheduledExecutorService timer;
  private final LongSupplier ticker;
  private final long deadline;

  private long windowStart;
  private long sizeAtWindowStart;
  private volatile boolean stopped;
  private volatile @Nullable ScheduledFuture<?> next;

  /**
   * A watch over a body of which the headers have arrived.
   *
   * @param startedAt the tick from which the deadline counts
   * @param ticker {@link System#nanoTime()}, but for tests
   */
  BodyWatch(
      ArrivingBody body,
      HttpLimits limits,
      long startedAt,
      ScheduledExecutorService timer,
      LongSupplier ticker) {
    this.body = body;
    this.limits = limits;
    this.timer = timer;
    this.ticker = ticker;
    this.deadline = startedAt + limits.deadline().toNanos();
    this.windowStart = body.hostTime(ticker.getAsLong());
  }

  void start() {
    scheduleNext(ticker.getAsLong());
  }

  void stop() {
    stopped = true;
    ScheduledFuture<?> look = next;
    if (look != null) {
      look.cancel(false);
    }
  }

  @Override
  public void run() {
    if (stopped) {
      return;
    }
    long now = ticker.getAsLong();
    if (now - deadline >= 0) {
      body.cutShort(CutShort.PAST_DEADLINE);
    } else if (windowIsOver(now) && isBelowFloor(now)) {
      body.cutShort(CutShort.TOO_SLOW);
    } else {
      scheduleNext(now);
    }
  }

  private boolean windowIsOver(long now) {
    return body.hostTime(now) - windowStart >= limits.window().toNanos();
  }

  private boolean isBelowFloor(long now) {
    long hostTime = body.hostTime(now);
    double seconds = (hostTime - windowStart) / (double) TimeUnit.SECONDS.toNanos(1);
    long size = body.received();
    long arrived = size - sizeAtWindowStart;
    windowStart = hostTime;
    sizeAtWindowStart = size;
    return arrived < limits.minBytesPerSecond() * seconds;
  }

  private void scheduleNext(long now) {
    long window = limits.window().toNanos();
    long left = window - (body.hostTime(now) - windowStart);
    // While a reader is busy the host's time stands still, and is not to be looked at all the time.
    long wait = Math.min(deadline - now, Math.max(left, window / LOOKS_A_WINDOW));
    next = timer.schedule(this, Math.max(wait, 0), TimeUnit.NANOSECONDS);
    if (stopped) {
      stop();
    }
  }
}

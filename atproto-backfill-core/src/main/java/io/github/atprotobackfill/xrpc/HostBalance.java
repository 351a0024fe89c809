package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.xrpc.SharedBudget.Draw;
import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import io.github.atprotobackfill.xrpc.SharedBudget.Known;
import io.github.atprotobackfill.xrpc.SharedBudget.Spending;
import java.time.Duration;

/**
 * What a {@link SharedBudget} keeps of one host, and how requests are drawn from it. All times are
 * microseconds since 1970 by the store's clock, 0 for never. A value; what is drawn makes another.
 *
 * <p>The bucket is kept as the moment at which it was empty: since then it fills by the rate, up to
 * the burst. A request moves that moment on by the time between two requests, if need be into the
 * future: those requests are granted, and wait for their time. So whoever asks has a place, in
 * order, and nobody has to ask twice; only a queue of more than {@link SharedBudget#LONGEST_AHEAD}
 * sends away.
 *
 * <p>A clock that is set back holds nobody up for longer than the times that can come about by it:
 * what lies further ahead is cut.
 *
 * @param emptyAt when the bucket is, or was, empty
 * @param parkedUntil when the host ceases to refuse everything
 * @param exports the window of {@link Spending#EXPORTS}
 * @param others the window of {@link Spending#OTHERS}
 */
public record HostBalance(long emptyAt, long parkedUntil, Window exports, Window others) {

  /** The balance of a host that was never asked. */
  public static final HostBalance FULL = new HostBalance(0, 0, Window.UNKNOWN, Window.UNKNOWN);

  private static final long MAX_PARK = micros(HostPolicy.MAX_PARK);
  private static final long LONGEST_AHEAD = micros(SharedBudget.LONGEST_AHEAD);

  /** Two resets further apart than this, which allows for rounding, end two different windows. */
  private static final long SAME_WINDOW = micros(Duration.ofSeconds(2));

  /** No time is longer, so that sums of a few stay within a {@code long}. */
  private static final double CENTURY = 100 * 365.25 * 86_400 * 1e6;

  /**
   * What a host tells of one of its windows.
   *
   * @param left how many requests it holds until {@code resetsAt}
   * @param resetsAt when it ends
   * @param parkedUntil when the host ceases to refuse what is counted in it
   */
  public record Window(long left, long resetsAt, long parkedUntil) {

    /** Nothing was told. */
    public static final Window UNKNOWN = new Window(0, 0, 0);

    private Window told(Known known, long now) {
      long reset = Math.min(resetsAt, now + MAX_PARK);
      long parked = later(parkedUntil, known.parkedFor(), now);
      Window kept = new Window(left, reset, parked);
      if (known.left() == Known.UNLIMITED || known.resetIn().isZero()) {
        return kept;
      }
      long end = later(0, known.resetIn(), now);
      if (reset <= now || end - reset > SAME_WINDOW) {
        return new Window(known.left(), end, parked);
      }
      boolean same = end - reset >= -SAME_WINDOW;
      return same ? new Window(Math.min(left, known.left()), reset, parked) : kept;
    }

    private long leftAt(long now) {
      return resetsAt > now ? left : Known.UNLIMITED;
    }

    private long closedUntil(long now) {
      return leftAt(now) > 0 ? parkedUntil : Math.max(parkedUntil, resetsAt);
    }

    private Window without(int requests, long now) {
      return resetsAt > now ? new Window(left - requests, resetsAt, parkedUntil) : this;
    }
  }

  /**
   * A balance after a draw.
   *
   * @param balance what is to be kept in place of the one drawn from
   */
  public record Spent(HostBalance balance, Drawn drawn) {}

  /**
   * Draws.
   *
   * @param now the store's clock
   */
  public Spent draw(Draw wanted, long now) {
    HostBalance told = told(wanted, now);
    long closed = Math.max(told.parkedUntil, told.window(wanted.spending()).closedUntil(now));
    if (closed > now) {
      return new Spent(told, new Drawn(0, duration(closed - now), true));
    }
    return told.spend(wanted, now);
  }

  private HostBalance told(Draw wanted, long now) {
    long interval = interval(wanted.policy());
    long burst = span(wanted.policy().burst(), interval);
    long filled = Math.max(emptyAt, now - burst);
    Known known = wanted.known();
    HostBalance told =
        new HostBalance(
            Math.min(filled, now + LONGEST_AHEAD + burst),
            later(parkedUntil, known.hostParkedFor(), now),
            exports,
            others);
    return told.with(wanted.spending(), told.window(wanted.spending()).told(known, now));
  }

  private Spent spend(Draw wanted, long now) {
    long early = emptyAt - now - LONGEST_AHEAD;
    if (wanted.most() == 0 || early > 0) {
      return new Spent(this, new Drawn(0, duration(Math.max(0, early)), false));
    }
    Window window = window(wanted.spending());
    int most = Math.min(wanted.most(), wanted.policy().burst());
    int granted = (int) Math.min(most, window.leftAt(now));
    long after = emptyAt + span(granted, interval(wanted.policy()));
    HostBalance spent =
        new HostBalance(after, parkedUntil, exports, others)
            .with(wanted.spending(), window.without(granted, now));
    return new Spent(spent, new Drawn(granted, duration(Math.max(0, after - now)), false));
  }

  /** The window of a spending. */
  public Window window(Spending spending) {
    return spending == Spending.EXPORTS ? exports : others;
  }

  private HostBalance with(Spending spending, Window window) {
    return spending == Spending.EXPORTS
        ? new HostBalance(emptyAt, parkedUntil, window, others)
        : new HostBalance(emptyAt, parkedUntil, exports, window);
  }

  /** The time between two requests, in microseconds, rounded up; 0 where there is no rate. */
  static long interval(HostPolicy policy) {
    return (long) Math.min(CENTURY, Math.ceil(1e6 / policy.requestsPerSecond()));
  }

  private static long span(int requests, long interval) {
    return (long) Math.min(CENTURY, (double) requests * interval);
  }

  /** The later of a stored moment and one that is so far ahead; neither is further than may be. */
  private static long later(long stored, Duration ahead, long now) {
    long told = ahead.isZero() ? 0 : now + Math.min(micros(ahead), MAX_PARK);
    return Math.max(Math.min(stored, now + MAX_PARK), told);
  }

  private static long micros(Duration duration) {
    return duration.compareTo(HostPolicy.MAX_PARK) < 0
        ? duration.toNanos() / 1000
        : HostPolicy.MAX_PARK.toSeconds() * 1_000_000;
  }

  private static Duration duration(long micros) {
    return Duration.ofNanos(Math.multiplyExact(micros, 1000L));
  }
}

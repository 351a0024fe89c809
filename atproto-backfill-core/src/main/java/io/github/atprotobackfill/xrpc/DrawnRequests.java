package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import java.time.Duration;

/**
 * The requests that this process has drawn from a shared budget and not spent. No more are drawn at
 * once than the rate allows in half a second, and no more than were wanted lately; what is not
 * spent within a second of its time is lost, so that nobody hoards.
 */
final class DrawnRequests implements Pacing {

  /** For how long after their time requests may be spent. */
  static final Duration KEPT = Duration.ofSeconds(1);

  private static final double MOST_SECONDS = 0.5;

  private final int largestBatch;
  private final long interval;

  private int inHand;
  private int granted;
  private long lastAt;
  private long keptUntil;
  private long askAt;
  private long parkedUntil;
  private long wantedUntil;
  private int batch = 1;

  DrawnRequests(HostPolicy policy, long now) {
    double most = Math.floor(policy.requestsPerSecond() * MOST_SECONDS);
    this.largestBatch = (int) Math.max(1, Math.min(policy.burst(), most));
    this.interval = HostBalance.interval(policy) * 1000;
    this.lastAt = now;
    this.keptUntil = now;
    this.askAt = now;
    this.parkedUntil = now;
    this.wantedUntil = now;
  }

  @Override
  public long untilRequest(long now) {
    long at = mustDraw(now) ? askAt : lastAt - (inHand - 1) * interval;
    return Math.max(0, at - now);
  }

  @Override
  public boolean mustDraw(long now) {
    if (inHand > 0 && now - keptUntil > 0) {
      batch = Math.max(1, granted - inHand);
      inHand = 0;
    }
    return inHand == 0;
  }

  @Override
  public void spend() {
    inHand -= 1;
  }

  @Override
  public void giveBack() {
    inHand += 1;
  }

  /** How many requests are in hand. */
  int inHand() {
    return inHand;
  }

  /** How long the host is to be left alone for what other processes heard, in nanoseconds. */
  long parked(long now) {
    return Math.max(0, parkedUntil - now);
  }

  /** How many to draw now: twice as many as last time, if those were soon gone. */
  int batch(long now) {
    if (granted > 0 && now - wantedUntil <= 0) {
      batch = (int) Math.min(largestBatch, 2L * Math.max(batch, granted));
    }
    return batch;
  }

  /**
   * Takes what was drawn.
   *
   * @param askedAt when the draw began, which is not later than the store's own time for it
   */
  void drawn(Drawn drawn, long askedAt, long now) {
    long after = drawn.after().toNanos();
    if (drawn.granted() > 0) {
      granted = drawn.granted();
      inHand = granted;
      lastAt = now + after;
      keptUntil = askedAt + after + KEPT.toNanos();
      wantedUntil = keptUntil;
    } else {
      askAt = now + after;
      parkedUntil = drawn.parked() ? askAt : now;
    }
  }

  /** Nothing could be drawn, and for so long nothing is to be. */
  void notDrawn(long wait, long now) {
    askAt = now + wait;
  }
}

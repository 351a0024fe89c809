package io.github.atprotobackfill.xrpc;

/**
 * The pace of one process on its own: requests are handed out in the order in which they are asked
 * for, as many in advance as are asked for.
 */
final class TokenBucket implements Pacing {

  private static final double SECOND = 1e9;

  private final HostPolicy policy;

  private double tokens;
  private long filledAt;

  /** A full bucket. */
  TokenBucket(HostPolicy policy, long now) {
    this.policy = policy;
    this.tokens = policy.burst();
    this.filledAt = now;
  }

  @Override
  public long untilRequest(long now) {
    fill(now);
    double after = tokens - 1;
    return after >= 0 ? 0 : (long) Math.ceil(-after / policy.requestsPerSecond() * SECOND);
  }

  @Override
  public boolean mustDraw(long now) {
    return false;
  }

  @Override
  public void spend() {
    tokens -= 1;
  }

  @Override
  public void giveBack() {
    tokens = Math.min(policy.burst(), tokens + 1);
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
}

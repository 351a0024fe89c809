package io.github.atprotobackfill.xrpc;

/** When requests may be spent as far as we ourselves are concerned. Used under a pace's lock. */
interface Pacing {

  /** How long until a request may be sent, or until it is worth drawing more; in nanoseconds. */
  long untilRequest(long now);

  /** Whether there is none to spend before more were drawn. */
  boolean mustDraw(long now);

  /** Spends the next request. */
  void spend();

  /** Takes back a request that was spent but not sent. */
  void giveBack();
}

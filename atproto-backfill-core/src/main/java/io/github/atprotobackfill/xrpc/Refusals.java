package io.github.atprotobackfill.xrpc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a host that refused a request is left alone: for as long as it names, or for one second,
 * then two, and so on up to two minutes, until it answers again. Not thread-safe.
 */
final class Refusals {

  static final Duration FIRST_COOL_DOWN = Duration.ofSeconds(1);
  static final Duration LONGEST_COOL_DOWN = Duration.ofMinutes(2);

  private long refusedAt;
  private long refusedUntil;
  private Duration coolDown = FIRST_COOL_DOWN;

  Refusals(long now) {
    this.refusedAt = now;
    this.refusedUntil = now;
  }

  /** How long the host is still to be left alone, in nanoseconds; 0 when it is not. */
  long left(long now) {
    return Math.max(0, refusedUntil - now);
  }

  /**
   * Takes note of a refusal.
   *
   * @param wish for how long the host asks to be left alone; null when it does not say
   * @param sentAt when the refused request was sent
   * @return how long it is left alone
   */
  Duration refuse(@Nullable Duration wish, long sentAt, long now) {
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

  /** Takes note of an answer to a request that was sent at {@code sentAt}. */
  void answered(long sentAt) {
    if (sentAt - refusedUntil >= 0) {
      coolDown = FIRST_COOL_DOWN;
    }
  }

  private Duration nextCoolDown() {
    Duration current = coolDown;
    Duration doubled = current.multipliedBy(2);
    coolDown = doubled.compareTo(LONGEST_COOL_DOWN) < 0 ? doubled : LONGEST_COOL_DOWN;
    return current;
  }
}

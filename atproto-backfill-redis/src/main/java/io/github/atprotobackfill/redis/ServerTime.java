package io.github.atprotobackfill.redis;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times and durations in the unit of the server's clock, microseconds. */
final class ServerTime {

  /**
   * The longest wait, about 27 years: added to any clock it is still a whole number as Lua and
   * sorted sets hold numbers.
   */
  private static final Duration LONGEST = Duration.ofDays(10_000);

  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
  private static final long NANOS_A_MICRO = 1000;

  private ServerTime() {}

  static String micros(Duration duration) {
    Duration wait = duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    return Long.toString(wait.isNegative() ? 0 : wait.toNanos() / NANOS_A_MICRO);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  static long micros(Instant instant) {
    return BigInteger.valueOf(instant.getEpochSecond())
        .multiply(MILLION)
        .add(BigInteger.valueOf(instant.getNano() / NANOS_A_MICRO))
        .longValue();
  }
}

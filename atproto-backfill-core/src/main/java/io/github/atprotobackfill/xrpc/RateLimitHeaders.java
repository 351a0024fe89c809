package io.github.atprotobackfill.xrpc;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of an answer say about asking again (draft-polli-ratelimit-headers-02, as the
 * reference PDS sends them; RFC 9110 §10.2.3). A header that is malformed counts as absent, and no
 * wait is longer than {@link HostPolicy#MAX_PARK}. Times are read against the answer's own {@code
 * Date}, so that a clock that is wrong here makes no wait longer or shorter.
 *
 * @param remaining {@code RateLimit-Remaining}: requests left in the window; -1 when not said
 * @param reset {@code RateLimit-Reset}: how long until the window ends; null when not said
 * @param retryAfter {@code Retry-After}; null when not said
 */
record RateLimitHeaders(long remaining, @Nullable Duration reset, @Nullable Duration retryAfter) {

  /** Below this, a number of seconds is a duration and not a time since 1970. */
  private static final long FIRST_EPOCH_SECOND = 1_000_000_000L;

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
  private static final Pattern POLICY_WINDOW = Pattern.compile(";\\s*w=([0-9]{1,9})");

  /**
   * @param local the time here, where the answer does not say what time it is there
   */
  static RateLimitHeaders parse(HttpHeaders headers, Instant local) {
    Instant now = date(headers.firstValue("Date").orElse("").strip()).orElse(local);
    return new RateLimitHeaders(
        number(headers.firstValue("RateLimit-Remaining").orElse("")),
        reset(headers, now),
        retryAfter(headers.firstValue("Retry-After").orElse("").strip(), now));
  }

  /** Whether this tells of a window, as a server does that counts; a front end does not. */
  boolean namesWindow() {
    return remaining >= 0 || reset != null;
  }

  private static @Nullable Duration reset(HttpHeaders headers, Instant now) {
    long seconds = number(headers.firstValue("RateLimit-Reset").orElse(""));
    if (seconds >= 0) {
      return clamped(seconds, now);
    }
    // Without a reset, the window cannot end later than its whole length from now.
    Matcher window = POLICY_WINDOW.matcher(headers.firstValue("RateLimit-Policy").orElse(""));
    return window.find() ? clamped(number(window.group(1)), now) : null;
  }

  private static @Nullable Duration retryAfter(String value, Instant now) {
    long seconds = number(value);
    if (seconds >= 0) {
      return clamped(seconds, now);
    }
    return date(value).map(date -> clamped(Duration.between(now, date))).orElse(null);
  }

  private static Optional<Instant> date(String value) {
    try {
      return Optional.of(
          ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException malformed) {
      return Optional.empty();
    }
  }

  private static long number(String value) {
    return NUMBER.matcher(value.strip()).matches() ? Long.parseLong(value.strip()) : -1;
  }

  private static Duration clamped(long seconds, Instant now) {
    boolean isTime = seconds >= FIRST_EPOCH_SECOND && seconds <= Instant.MAX.getEpochSecond();
    return clamped(
        isTime
            ? Duration.between(now, Instant.ofEpochSecond(seconds))
            : Duration.ofSeconds(seconds));
  }

  private static Duration clamped(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(HostPolicy.MAX_PARK) < 0 ? wait : HostPolicy.MAX_PARK;
  }
}

package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitHeadersTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static RateLimitHeaders parse(String... namesAndValues) {
    Map<String, List<String>> headers = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return RateLimitHeaders.parse(HttpHeaders.of(headers, (name, value) -> true), NOW);
  }

  @Test
  void as_the_reference_server_sends_them() {
    RateLimitHeaders said =
        parse(
            "RateLimit-Limit", "3000",
            "RateLimit-Remaining", "2995",
            "RateLimit-Reset", String.valueOf(NOW.getEpochSecond() + 296),
            "RateLimit-Policy", "3000;w=300");

    assertThat(said).isEqualTo(new RateLimitHeaders(2995, Duration.ofSeconds(296), null));
  }

  @Test
  void names_are_of_any_case() {
    assertThat(parse("ratelimit-remaining", "7", "retry-after", "5"))
        .isEqualTo(new RateLimitHeaders(7, null, Duration.ofSeconds(5)));
  }

  @ParameterizedTest
  @CsvSource({
    "30, 30",
    "0, 0",
    " 30 , 30",
    "899, 899",
    "100000, 900",
    "999999999999999999, 900",
    "1, 1",
  })
  void a_small_reset_is_a_duration_and_none_is_longer_than_the_longest_park(
      String value, int seconds) {
    assertThat(parse("RateLimit-Reset", value).reset()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void a_reset_in_the_past_is_no_wait() {
    String past = String.valueOf(NOW.getEpochSecond() - 5);

    assertThat(parse("RateLimit-Reset", past).reset()).isZero();
  }

  @Test
  void without_a_reset_the_policy_tells_the_longest_wait() {
    assertThat(parse("RateLimit-Policy", "3000;w=300").reset()).isEqualTo(Duration.ofMinutes(5));
    assertThat(parse("RateLimit-Policy", "3000").reset()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "120, 120",
    "'Sat, 21 Nov 2026 12:00:45 GMT', 45",
    "'Sat, 21 Nov 2026 11:00:00 GMT', 0",
    "'Sun, 21 Nov 2027 12:00:00 GMT', 900",
  })
  void retry_after_is_seconds_or_a_date(String value, int seconds) {
    assertThat(parse("Retry-After", value).retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-1", "1.5", "soon", "1e3", "0x10", "12 34", "10, 10;w=1"})
  void what_is_malformed_is_absent(String value) {
    assertThat(
            parse(
                "RateLimit-Remaining", value,
                "RateLimit-Reset", value,
                "RateLimit-Policy", "w",
                "Retry-After", value))
        .isEqualTo(new RateLimitHeaders(-1, null, null));
  }

  @Property
  void no_header_breaks_anything(@ForAll String value) {
    RateLimitHeaders said =
        parse(
            "RateLimit-Remaining", value,
            "RateLimit-Reset", value,
            "RateLimit-Policy", value,
            "Retry-After", value);

    assertThat(said.remaining()).isGreaterThanOrEqualTo(-1);
    if (said.retryAfter() != null) {
      assertThat(said.retryAfter()).isBetween(Duration.ZERO, HostPolicy.MAX_PARK);
    }
  }
}

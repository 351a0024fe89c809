package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.xrpc.HostBudget.Turn;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HostBudgetTest {

  private static final RateLimitHeaders SILENT = new RateLimitHeaders(-1, null, null);

  private final ManualTicker time = new ManualTicker();

  private HostBudget budget(double perSecond, int burst) {
    return new HostBudget(new HostPolicy(4, perSecond, burst), time);
  }

  private @Nullable Duration answer(HostBudget budget, int status, RateLimitHeaders said) {
    return budget.answered(status, status == 429, said, time.getAsLong());
  }

  private static RateLimitHeaders window(long remaining, int resetSeconds) {
    return new RateLimitHeaders(remaining, Duration.ofSeconds(resetSeconds), null);
  }

  private static RateLimitHeaders retryAfter(int seconds) {
    return new RateLimitHeaders(-1, null, Duration.ofSeconds(seconds));
  }

  private static Turn now() {
    return new Turn(true, 0);
  }

  private static Turn in(Duration wait) {
    return new Turn(true, wait.toNanos());
  }

  private static Turn refusedFor(Duration wait) {
    return new Turn(false, wait.toNanos());
  }

  @Test
  void a_burst_goes_out_at_once_and_the_rest_at_the_rate_in_order() {
    HostBudget budget = budget(10, 2);

    assertThat(budget.take()).isEqualTo(now());
    assertThat(budget.take()).isEqualTo(now());
    assertThat(budget.take()).isEqualTo(in(Duration.ofMillis(100)));
    assertThat(budget.take()).isEqualTo(in(Duration.ofMillis(200)));
    assertThat(budget.readyIn()).isEqualTo(Duration.ofMillis(300));
    assertThat(budget.parkedFor()).isZero();
  }

  @Test
  void a_pause_fills_the_budget_up_to_the_burst() {
    HostBudget budget = budget(10, 2);
    budget.take();
    budget.take();

    time.advance(Duration.ofHours(1));

    assertThat(budget.take()).isEqualTo(now());
    assertThat(budget.take()).isEqualTo(now());
    assertThat(budget.take()).isEqualTo(in(Duration.ofMillis(100)));
  }

  @Test
  void the_sustained_rate_is_kept() {
    HostBudget budget = budget(8, 16);
    long start = time.getAsLong();
    for (int i = 0; i < 816; i++) {
      time.advance(Duration.ofNanos(budget.take().waitNanos()));
    }
    Duration took = Duration.ofNanos(time.getAsLong() - start);

    assertThat(took).isBetween(Duration.ofMillis(99_999), Duration.ofMillis(100_001));
  }

  @Test
  void no_turn_is_given_twice() throws Exception {
    HostBudget budget = budget(100, 1);
    List<Callable<List<Long>>> callers =
        Collections.nCopies(
            8, () -> Stream.generate(() -> budget.take().waitNanos()).limit(100).toList());
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Set<Long> waits = new TreeSet<>();
      for (Future<List<Long>> turns : threads.invokeAll(callers)) {
        waits.addAll(turns.get());
        assertThat(turns.get()).isSorted();
      }
      assertThat(waits).hasSize(800);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void without_a_rate_nobody_waits() {
    HostBudget budget = budget(Double.POSITIVE_INFINITY, 1);

    for (int i = 0; i < 1000; i++) {
      assertThat(budget.take()).isEqualTo(now());
    }
  }

  @Test
  void a_queue_that_would_hold_threads_for_long_is_refused_and_spends_nothing() {
    HostBudget budget = budget(1, 1);
    for (int i = 0; i <= 10; i++) {
      assertThat(budget.take().granted()).isTrue();
    }

    assertThat(budget.take()).isEqualTo(refusedFor(Duration.ofSeconds(11)));
    assertThat(budget.take()).isEqualTo(refusedFor(Duration.ofSeconds(11)));
  }

  @Test
  void a_request_that_was_not_sent_is_given_back() {
    HostBudget budget = budget(10, 1);
    budget.take();
    budget.giveBack();

    assertThat(budget.take()).isEqualTo(now());
  }

  @Test
  void a_429_parks_the_host_until_its_retry_after() {
    HostBudget budget = budget(10, 5);

    assertThat(answer(budget, 429, retryAfter(30))).isEqualTo(Duration.ofSeconds(30));
    assertThat(budget.take()).isEqualTo(refusedFor(Duration.ofSeconds(30)));
    assertThat(budget.parkedFor()).isEqualTo(Duration.ofSeconds(30));
    assertThat(budget.readyIn()).isEqualTo(Duration.ofSeconds(30));

    time.advance(Duration.ofSeconds(30));

    assertThat(budget.parkedFor()).isZero();
    assertThat(budget.take()).isEqualTo(now());
  }

  @Test
  void the_end_of_a_park_is_waited_out() {
    HostBudget budget = budget(10, 5);
    answer(budget, 429, retryAfter(30));
    time.advance(Duration.ofMillis(29_500));

    assertThat(budget.take()).isEqualTo(in(Duration.ofMillis(500)));
  }

  @Test
  void a_429_without_retry_after_parks_until_the_reset() {
    HostBudget budget = budget(10, 5);

    assertThat(answer(budget, 429, window(0, 120))).isEqualTo(Duration.ofSeconds(120));
    assertThat(budget.parkedFor()).isEqualTo(Duration.ofSeconds(120));
  }

  @Test
  void a_429_without_headers_cools_down_for_longer_each_time() {
    HostBudget budget = budget(10, 5);

    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 120, 120}) {
      assertThat(answer(budget, 429, SILENT)).isEqualTo(Duration.ofSeconds(seconds));
      assertThat(budget.parkedFor()).isEqualTo(Duration.ofSeconds(seconds));
      time.advance(Duration.ofSeconds(seconds));
    }
  }

  @Test
  void an_answer_after_the_cool_down_starts_it_anew() {
    HostBudget budget = budget(10, 5);
    answer(budget, 429, SILENT);
    time.advance(Duration.ofSeconds(1));
    answer(budget, 429, SILENT);
    time.advance(Duration.ofSeconds(2));

    answer(budget, 200, SILENT);

    assertThat(answer(budget, 429, SILENT)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void requests_refused_together_cool_down_once() {
    HostBudget budget = budget(10, 5);
    long sentAt = time.getAsLong();
    time.advance(Duration.ofMillis(100));

    assertThat(budget.answered(429, true, SILENT, sentAt)).isEqualTo(Duration.ofSeconds(1));
    time.advance(Duration.ofMillis(100));
    assertThat(budget.answered(429, true, SILENT, sentAt)).isEqualTo(Duration.ofMillis(900));
    assertThat(budget.parkedFor()).isEqualTo(Duration.ofMillis(900));
  }

  @Test
  void a_success_sent_before_the_refusal_changes_nothing() {
    HostBudget budget = budget(10, 5);
    long sentAt = time.getAsLong();
    time.advance(Duration.ofMillis(10));
    answer(budget, 429, SILENT);

    budget.answered(200, false, SILENT, sentAt);

    assertThat(budget.parkedFor()).isEqualTo(Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(1));
    assertThat(answer(budget, 429, SILENT)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void a_later_refusal_never_shortens_a_park() {
    HostBudget budget = budget(10, 5);
    answer(budget, 429, retryAfter(60));
    answer(budget, 429, retryAfter(5));

    assertThat(budget.parkedFor()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void retry_after_zero_counts_as_none() {
    HostBudget budget = budget(10, 5);

    assertThat(answer(budget, 429, retryAfter(0))).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void a_rate_limit_by_name_counts_whatever_the_status() {
    HostBudget budget = budget(10, 5);

    assertThat(budget.answered(400, true, retryAfter(7), time.getAsLong()))
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void a_503_parks_only_with_retry_after() {
    HostBudget budget = budget(10, 5);

    assertThat(answer(budget, 503, SILENT)).isNull();
    assertThat(budget.parkedFor()).isZero();
    assertThat(answer(budget, 503, retryAfter(20))).isEqualTo(Duration.ofSeconds(20));
    assertThat(budget.parkedFor()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void a_window_used_up_parks_until_its_reset() {
    HostBudget budget = budget(1000, 1000);
    answer(budget, 200, window(2, 60));

    assertThat(budget.take()).isEqualTo(now());
    assertThat(budget.take()).isEqualTo(now());
    assertThat(budget.take()).isEqualTo(refusedFor(Duration.ofSeconds(60)));
    assertThat(budget.parkedFor()).isEqualTo(Duration.ofSeconds(60));

    time.advance(Duration.ofSeconds(60));

    assertThat(budget.parkedFor()).isZero();
    assertThat(budget.take()).isEqualTo(now());
  }

  @Test
  void within_a_window_answers_out_of_order_do_not_raise_what_is_left() {
    HostBudget budget = budget(1000, 1000);
    answer(budget, 200, window(1, 60));
    answer(budget, 200, window(50, 60));

    budget.take();

    assertThat(budget.take()).isEqualTo(refusedFor(Duration.ofSeconds(60)));
  }

  @Test
  void a_later_window_replaces_the_one_before_and_not_the_other_way_round() {
    HostBudget budget = budget(1000, 1000);
    answer(budget, 200, window(0, 10));
    answer(budget, 200, window(100, 300));
    answer(budget, 200, window(0, 10));

    assertThat(budget.take()).isEqualTo(now());
  }

  @Test
  void others_who_use_the_same_window_up_are_seen() {
    HostBudget budget = budget(1000, 1000);
    answer(budget, 200, window(2900, 60));
    answer(budget, 200, window(0, 60));

    assertThat(budget.parkedFor()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void the_reset_of_the_past_is_ignored() {
    HostBudget budget = budget(10, 5);
    answer(budget, 200, window(0, 0));

    assertThat(budget.take()).isEqualTo(now());
  }
}

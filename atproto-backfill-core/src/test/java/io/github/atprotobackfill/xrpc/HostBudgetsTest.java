package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostBudgetsTest {

  private static final ServiceUrl A = ServiceUrl.parse("https://a.example.com");
  private static final ServiceUrl B = ServiceUrl.parse("https://b.example.com");

  private static final RateLimitHeaders SILENT = new RateLimitHeaders(-1, null, null);

  private final ManualTicker time = new ManualTicker();

  @Test
  void each_host_has_its_own_policy_and_budget() {
    HostBudgets budgets =
        new HostBudgets(
            service ->
                service.equals(A) ? HostPolicy.DEFAULT.withConcurrency(9) : HostPolicy.DEFAULT,
            time);

    assertThat(budgets.of(A).policy().concurrency()).isEqualTo(9);
    assertThat(budgets.of(B).policy()).isEqualTo(HostPolicy.DEFAULT);
    assertThat(budgets.of(A)).isSameAs(budgets.of(ServiceUrl.parse("https://A.example.com:443/")));
  }

  @Test
  void a_host_is_forgotten_only_long_after_it_may_have_parked() {
    HostBudgets budgets = new HostBudgets(service -> HostPolicy.DEFAULT, time);
    HostBudget first = budgets.of(A);

    time.advance(HostPolicy.MAX_PARK.plusSeconds(1));
    assertThat(budgets.of(A)).isSameAs(first);

    time.advance(HostBudgets.KEPT.plus(Duration.ofSeconds(1)));
    assertThat(budgets.of(A)).isNotSameAs(first);
  }

  private HostBudgets budgets() {
    return new HostBudgets(service -> new HostPolicy(4, 10, 2), time);
  }

  private void answer(HostBudget budget, int status, RateLimitHeaders said) {
    budget.answered(status, status == 429, said, time.getAsLong());
  }

  @Test
  void our_pacing_is_one_for_all_that_is_asked_of_a_host() {
    HostBudgets budgets = budgets();

    assertThat(budgets.of(A).take().waitNanos()).isZero();
    assertThat(budgets.ofExports(A).take().waitNanos()).isZero();
    assertThat(budgets.ofExports(A).take().waitNanos()).isEqualTo(100_000_000);
    assertThat(budgets.of(A).take().waitNanos()).isEqualTo(200_000_000);
    assertThat(budgets.ofExports(A).readyIn()).isEqualTo(budgets.of(A).readyIn());
    assertThat(budgets.of(B).readyIn()).isZero();
  }

  @Test
  void windows_are_counted_apart() {
    HostBudgets budgets = budgets();
    Duration reset = Duration.ofSeconds(200);

    answer(budgets.ofExports(A), 200, new RateLimitHeaders(0, reset, null));

    assertThat(budgets.ofExports(A).parkedFor()).isEqualTo(reset);
    assertThat(budgets.of(A).parkedFor()).isZero();

    answer(budgets.of(B), 200, new RateLimitHeaders(0, reset, null));

    assertThat(budgets.of(B).parkedFor()).isEqualTo(reset);
    assertThat(budgets.ofExports(B).parkedFor()).isZero();
  }

  @Test
  void a_refusal_that_tells_of_a_window_is_about_that_window() {
    HostBudgets budgets = budgets();
    Duration wait = Duration.ofSeconds(200);

    answer(budgets.of(A), 429, new RateLimitHeaders(0, wait, wait));

    assertThat(budgets.of(A).parkedFor()).isEqualTo(wait);
    assertThat(budgets.ofExports(A).parkedFor()).isZero();
    assertThat(budgets.ofExports(A).take().granted()).isTrue();
  }

  @Test
  void a_bare_refusal_is_about_the_host() {
    HostBudgets budgets = budgets();

    answer(budgets.ofExports(A), 429, SILENT);

    assertThat(budgets.ofExports(A).parkedFor()).isEqualTo(Refusals.FIRST_COOL_DOWN);
    assertThat(budgets.of(A).parkedFor()).isEqualTo(Refusals.FIRST_COOL_DOWN);
    assertThat(budgets.of(A).refusedForNanos()).isEqualTo(Refusals.FIRST_COOL_DOWN.toNanos());

    time.advance(Refusals.FIRST_COOL_DOWN);
    answer(budgets.of(A), 429, SILENT);

    assertThat(budgets.ofExports(A).parkedFor()).isEqualTo(Duration.ofSeconds(2));

    time.advance(Duration.ofSeconds(2));
    answer(budgets.ofExports(A), 200, SILENT);
    answer(budgets.of(A), 429, SILENT);

    assertThat(budgets.of(A).parkedFor()).isEqualTo(Refusals.FIRST_COOL_DOWN);
  }

  @Test
  void a_host_that_is_unavailable_is_so_for_everything() {
    HostBudgets budgets = budgets();
    Duration wait = Duration.ofSeconds(30);

    answer(budgets.of(A), 503, new RateLimitHeaders(-1, null, wait));

    assertThat(budgets.ofExports(A).parkedFor()).isEqualTo(wait);
  }

  @Test
  void a_request_that_was_not_sent_is_given_back_to_both() {
    HostBudgets budgets = budgets();
    budgets.of(A).take();
    budgets.of(A).take();

    budgets.ofExports(A).giveBack();

    assertThat(budgets.of(A).readyIn()).isZero();
  }
}

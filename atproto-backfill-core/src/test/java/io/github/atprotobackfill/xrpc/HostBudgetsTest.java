package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostBudgetsTest {

  private static final ServiceUrl A = ServiceUrl.parse("https://a.example.com");
  private static final ServiceUrl B = ServiceUrl.parse("https://b.example.com");

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
}

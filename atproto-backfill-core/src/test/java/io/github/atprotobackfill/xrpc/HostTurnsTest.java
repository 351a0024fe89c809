package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostTurnsTest {

  private static final Call CALL =
      Call.query(
          ServiceUrl.parse("https://pds.example.com"),
          Nsid.parse("com.example.test.query"),
          XrpcParams.none(),
          1000);

  private final ManualTicker time = new ManualTicker();
  private final HostBudget budget = new HostBudget(new HostPolicy(4, 10, 1), time);
  private final HostTurns turns = new HostTurns(time);

  private static RateLimitHeaders retryAfter(Duration wait) {
    return new RateLimitHeaders(-1, null, wait);
  }

  @Test
  void pacing_is_waited_out() throws Exception {
    turns.await(CALL, budget);
    turns.await(CALL, budget);
    turns.await(CALL, budget);

    assertThat(time.slept()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void a_short_park_is_waited_out() throws Exception {
    budget.answered(429, true, retryAfter(Duration.ofMillis(800)), time.getAsLong());

    turns.await(CALL, budget);

    assertThat(time.slept()).isEqualTo(Duration.ofMillis(800));
  }

  @Test
  void a_parked_host_fails_at_once_and_says_for_how_long() {
    budget.answered(429, true, retryAfter(Duration.ofSeconds(90)), time.getAsLong());

    XrpcException refusal =
        catchThrowableOfType(XrpcException.class, () -> turns.await(CALL, budget));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
    assertThat(refusal.retryAfter()).hasValue(Duration.ofSeconds(90));
    assertThat(refusal.status()).isZero();
    assertThat(refusal).hasMessageContaining("pds.example.com com.example.test.query");
    assertThat(time.slept()).isZero();
  }

  @Test
  void a_refusal_that_comes_while_waiting_is_heeded_and_costs_nothing() throws Exception {
    turns.await(CALL, budget);
    Sleeper refusedMeanwhile =
        nanos -> {
          time.sleep(nanos);
          budget.answered(429, true, retryAfter(Duration.ofSeconds(40)), time.getAsLong());
        };

    XrpcException refusal =
        catchThrowableOfType(
            XrpcException.class, () -> new HostTurns(refusedMeanwhile).await(CALL, budget));

    assertThat(refusal.retryAfter()).hasValue(Duration.ofSeconds(40));
    time.advance(Duration.ofSeconds(40));
    assertThat(budget.take().waitNanos()).isZero();
  }

  @Test
  void an_interrupt_ends_the_wait_and_gives_the_turn_back() throws Exception {
    turns.await(CALL, budget);
    Duration before = budget.readyIn();

    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> turns.await(CALL, budget)).isInstanceOf(InterruptedException.class);
    assertThat(budget.readyIn()).isEqualTo(before);
  }

  @Test
  void an_interrupt_is_noticed_without_any_wait() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> turns.await(CALL, budget)).isInstanceOf(InterruptedException.class);
  }
}

package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostBreakerTest {

  private static final Failure REFUSED = new Failure(ErrorKind.CONNECT, "refused");

  private final HostBreaker breaker = new HostBreaker(Duration.ofSeconds(10));
  private long now = -5_000_000_000L; // tickers may be negative

  @Test
  void aFewFailuresDoNotOpenIt() {
    fail(HostBreaker.FAILURES_TO_OPEN - 1);
    assertThat(breaker.waitNanos(now)).isZero();
    assertThat(breaker.halfOpen()).isFalse();
  }

  @Test
  void failuresInARowOpenItForASecond() {
    fail(HostBreaker.FAILURES_TO_OPEN);
    assertThat(breaker.waitNanos(now)).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void anAnswerClosesIt() {
    fail(HostBreaker.FAILURES_TO_OPEN);
    breaker.answered();
    assertThat(breaker.waitNanos(now)).isZero();
    assertThat(breaker.halfOpen()).isFalse();
    assertThat(breaker.givenUp(now)).isEmpty();
  }

  @Test
  void eachFailedProbeDoublesTheWait() {
    fail(HostBreaker.FAILURES_TO_OPEN);
    probe();
    assertThat(breaker.waitNanos(now)).isEqualTo(Duration.ofSeconds(2).toNanos());
    probe();
    assertThat(breaker.waitNanos(now)).isEqualTo(Duration.ofSeconds(4).toNanos());
  }

  @Test
  void turnsBegunBeforeItOpenedAreNoProbes() {
    fail(HostBreaker.FAILURES_TO_OPEN);
    long wait = breaker.waitNanos(now);
    assertThat(breaker.failed(REFUSED, now)).isEmpty();
    assertThat(breaker.waitNanos(now)).isEqualTo(wait);
  }

  @Test
  void itGivesUpOnlyAfterSeveralProbesAndAllItsPatience() {
    fail(HostBreaker.FAILURES_TO_OPEN);
    for (int i = 0; i < HostBreaker.PROBES_BEFORE_GIVING_UP; i++) {
      assertThat(breaker.givenUp(now)).isEmpty();
      probe();
    }
    assertThat(breaker.givenUp(now)).as("after 7 of 10 seconds").isEmpty();
    probe();
    assertThat(breaker.givenUp(now)).contains(REFUSED);
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.turnBegins();
      breaker.failed(REFUSED, now);
    }
  }

  private void probe() {
    now += breaker.waitNanos(now);
    breaker.turnBegins();
    breaker.failed(REFUSED, now);
  }
}

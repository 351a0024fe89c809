package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

  private final RetryPolicy policy =
      new RetryPolicy(9, Duration.ofMillis(250), Duration.ofSeconds(2));

  @Test
  void bounds_double_up_to_the_longest() {
    assertThat(policy.waitAfter(1, 1)).isEqualTo(Duration.ofMillis(250));
    assertThat(policy.waitAfter(2, 1)).isEqualTo(Duration.ofMillis(500));
    assertThat(policy.waitAfter(3, 1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(policy.waitAfter(4, 1)).isEqualTo(Duration.ofSeconds(2));
    assertThat(policy.waitAfter(500, 1)).isEqualTo(Duration.ofSeconds(2));
    assertThat(policy.waitAfter(5000, 1)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void jitter_is_full() {
    assertThat(policy.waitAfter(2, 0)).isZero();
    assertThat(policy.waitAfter(2, 0.5)).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void nonsense_is_refused() {
    assertThatThrownBy(() -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetryPolicy(1, Duration.ofSeconds(-1), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.progress.StoreException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RunClockTest {

  private static final Instant STORES = Instant.parse("2031-05-01T12:00:00Z");

  private Instant stores = STORES;
  private long ticks = Long.MAX_VALUE - 5; // what nanoTime gives may overflow
  private int asked;
  private boolean away;

  private final RunClock clock =
      new RunClock(
          () -> {
            asked++;
            if (away) {
              throw new StoreException("away", null);
            }
            return stores;
          },
          () -> ticks);

  @Test
  void itIsThatOfTheStoresReckonedOn() {
    pass(Duration.ofSeconds(59));

    assertThat(clock.instant()).isEqualTo(STORES.plusSeconds(59));
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void theStoresAreAskedAgainAfterAMinute() {
    stores = STORES.plusSeconds(70);
    pass(Duration.ofSeconds(60));

    assertThat(clock.instant()).isEqualTo(STORES.plusSeconds(70));
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void whileTheyAreAwayItGoesOn() {
    away = true;
    assertThatThrownBy(() -> pass(Duration.ofMinutes(2))).isInstanceOf(StoreException.class);

    assertThat(clock.instant()).isEqualTo(STORES.plusSeconds(120));
  }

  private void pass(Duration time) {
    ticks += time.toNanos();
    clock.keepTime();
  }
}

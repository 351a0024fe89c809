package io.github.atprotobackfill.wholejob;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something that must come; only a test that hangs ever sees the end of its patience. */
final class Until {

  private Until() {}

  static void until(BooleanSupplier condition) {
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
          }
        });
  }
}

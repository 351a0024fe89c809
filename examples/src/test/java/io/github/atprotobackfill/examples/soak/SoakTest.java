package io.github.atprotobackfill.examples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes of one fleet are killed and stopped, their clocks are wrong and their database dies,
 * and each job still ends as it must. {@code examples/soak.sh} runs the same for minutes.
 */
class SoakTest {

  private static final long SEED = 2026;

  @TempDir Path folder;

  @Test
  void whateverBefallsAFleetItsJobsEndAsTheyMust() throws Exception {
    SoakPlan plan = plan();
    Soak.Summary summary = Soak.run(plan, folder, System.out);
    System.out.println(summary);
    for (Mishap mishap : Mishap.with(plan.store())) {
      assertThat(summary.times(mishap)).as(mishap.name()).isPositive();
    }
  }

  private static SoakPlan plan() {
    long seed = Long.getLong("soak.seed", SEED);
    StorePlace.Kind store =
        StorePlace.Kind.valueOf(
            System.getProperty("soak.store", "postgres").toUpperCase(Locale.ROOT));
    return Optional.ofNullable(Integer.getInteger("soak.minutes"))
        .map(
            minutes ->
                SoakPlan.lasting(
                    store,
                    seed,
                    Duration.ofMinutes(minutes),
                    Integer.getInteger("soak.workers", 4)))
        .orElseGet(() -> SoakPlan.brief(store, seed));
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.Failure;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for something that is away to come back: longer each time, and not for ever. */
final class Patience {

  private static final Logger log = LoggerFactory.getLogger(Patience.class);
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final Pause pause;
  private final Duration most;

  private Duration waited = Duration.ZERO;
  private Duration next = FIRST_WAIT;

  /** How to wait; ends early when the run does. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  Patience(Pause pause, Duration most) {
    this.pause = pause;
    this.most = most;
  }

  /**
   * Waits before another try.
   *
   * @throws BreakdownException when the time is up
   */
  void waitOrGiveUp(BackfillException cause) throws InterruptedException {
    if (waited.compareTo(most) >= 0) {
      throw new BreakdownException(Failure.of(cause), cause);
    }
    log.warn("trying again in {} ms: {}", next.toMillis(), cause.getMessage());
    pause.pause(next);
    waited = waited.plus(next);
    next = next.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? next.multipliedBy(2) : LONGEST_WAIT;
  }
}

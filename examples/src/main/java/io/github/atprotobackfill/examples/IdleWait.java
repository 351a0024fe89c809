package io.github.atprotobackfill.examples;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits between looks for work, longer each time there is none, until the process is to stop. */
final class IdleWait implements AutoCloseable {

  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Interruption.Registration registration;
  private Duration next = FIRST;

  IdleWait(Console console) {
    this.registration = console.interruption().onInterrupt(stopped::countDown);
  }

  boolean stopped() {
    return stopped.getCount() == 0;
  }

  /** There was work: the next wait is short again. */
  void again() {
    next = FIRST;
  }

  /** There was none. */
  void longer() throws InterruptedException {
    if (!stopped.await(next.toMillis(), TimeUnit.MILLISECONDS)) {
      next = next.multipliedBy(2).compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
    }
  }

  @Override
  public void close() {
    registration.close();
  }
}

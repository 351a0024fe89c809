package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillRun;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Turns an {@link Interruption} into {@link BackfillRun#stop}, also when it comes before there is a
 * run. Closed last of all, so that the process lives until everything else is put away.
 */
final class StopSwitch implements AutoCloseable {

  private final Console console;
  private final Interruption.Registration registration;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable BackfillRun run;
  private boolean pressed;

  StopSwitch(Console console) {
    this.console = console;
    this.registration = console.interruption().onInterrupt(this::press);
  }

  /** Has {@code run} stopped when the wish comes, or now, if it came already. */
  void stops(BackfillRun run) {
    lock.lock();
    try {
      this.run = run;
      if (pressed) {
        run.stop();
      }
    } finally {
      lock.unlock();
    }
  }

  private void press() {
    console.note("stopping at the next checkpoint");
    lock.lock();
    try {
      pressed = true;
      if (run != null) {
        run.stop();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    registration.close();
  }
}

package io.github.atprotobackfill.examples;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Turns an {@link Interruption} into the stop of what is going on, also when it comes before there
 * is anything to stop. Closed last of all, so that the process lives until everything else is put
 * away.
 */
final class StopSwitch implements AutoCloseable {

  private final Console console;
  private final Interruption.Registration registration;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Runnable stop;
  private boolean pressed;

  StopSwitch(Console console) {
    this.console = console;
    this.registration = console.interruption().onInterrupt(this::press);
  }

  /** Has {@code stop} run when the wish comes, or now, if it came already. */
  void stops(Runnable stop) {
    lock.lock();
    try {
      this.stop = stop;
      if (pressed) {
        stop.run();
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
      if (stop != null) {
        stop.run();
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

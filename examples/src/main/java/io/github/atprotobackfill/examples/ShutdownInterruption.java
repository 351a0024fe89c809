package io.github.atprotobackfill.examples;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as the JVM tells of it: by its shutdown hooks. While the hook waits, the main thread takes
 * the work down to its next checkpoint and says how to go on; then the JVM ends, with status 130
 * after SIGINT and 143 after SIGTERM.
 */
final class ShutdownInterruption implements Interruption {

  /** How long a stop may take: one page at its deadline, and writing it. */
  static final Duration LONGEST_STOP = Duration.ofMinutes(2);

  @Override
  public Registration onInterrupt(Runnable stop) {
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = new Thread(() -> stopAndWait(stop, ended), "interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      ended.countDown();
      removeUnlessShuttingDown(hook);
    };
  }

  private static void stopAndWait(Runnable stop, CountDownLatch ended) {
    stop.run();
    try {
      if (!ended.await(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("gave up waiting; what was written up to the last checkpoint is kept");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeUnlessShuttingDown(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyShuttingDown) {
      // Then the hook is running, and the latch has let it go.
    }
  }
}

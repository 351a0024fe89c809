package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a reader input after input, made from a seed, and fails on the first that hangs or makes it
 * throw anything but what it declares. How many: {@code -Dbackfill.fuzz}, of which each run takes
 * its share; from which seed: {@code -Dbackfill.fuzz.seed}.
 */
public final class FuzzRun {

  private static final long EXECUTIONS = Long.getLong("backfill.fuzz", 30_000);
  private static final long SEED = Long.getLong("backfill.fuzz.seed", 1);
  private static final long MOST_NANOS = 10_000_000_000L;
  private static final long LOOK_MILLIS = 500;

  private final String name;
  private final Input input;

  private volatile long current;
  private volatile long begun = System.nanoTime();
  private volatile @Nullable Throwable failure;

  /** Makes one input of a random source, and reads it. */
  @FunctionalInterface
  public interface Input {

    /** Throws for what is found wrong; a declared refusal is not. */
    void read(Random random) throws Exception;
  }

  private FuzzRun(String name, Input input) {
    this.name = name;
    this.input = input;
  }

  /** Runs so many hundredths of all executions. */
  public static void share(int percent, String name, Input input) throws InterruptedException {
    FuzzRun run = new FuzzRun(name, input);
    Thread thread = new Thread(() -> run.execute(EXECUTIONS * percent / 100), "fuzz-" + name);
    thread.setDaemon(true);
    thread.start();
    run.watch(thread);
  }

  private void execute(long count) {
    for (long i = 0; i < count && failure == null; i++) {
      current = i;
      begun = System.nanoTime();
      try {
        input.read(new Random((SEED << 40) + i * 0x9e3779b97f4a7c15L));
      } catch (Throwable e) {
        failure = e;
      }
    }
  }

  private void watch(Thread thread) throws InterruptedException {
    while (thread.isAlive()) {
      thread.join(LOOK_MILLIS);
      if (thread.isAlive() && System.nanoTime() - begun > MOST_NANOS) {
        AssertionError hang = new AssertionError(told("does not end"));
        hang.setStackTrace(thread.getStackTrace());
        throw hang;
      }
    }
    Throwable thrown = failure;
    if (thrown != null) {
      fail(told("made it throw " + thrown), thrown);
    }
  }

  private String told(String what) {
    return "input " + current + " of " + name + " with seed " + SEED + " " + what;
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.QueuedRepo;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One stretch in which this process lists the sources of a job: from where the stores say that it
 * begins until it has to stop, because another lists now, or because all is to be looked at anew.
 * Thread-safe.
 */
final class Listing {

  private final RunContext run;
  private final BooleanSupplier held;
  private final QueueLevel level;
  private volatile boolean over;

  /**
   * @param held whether this process may list
   * @param level what the queue holds as this stretch begins
   */
  Listing(RunContext run, BooleanSupplier held, long level) {
    this.run = run;
    this.held = held;
    this.level = new QueueLevel(level);
  }

  /** Whether the next step may be taken. */
  boolean goesOn() {
    return !over && held.getAsBoolean() && run.control().working();
  }

  /** No further step is taken; what is under way comes to nothing. */
  void end() {
    over = true;
  }

  boolean over() {
    return over;
  }

  QueueLevel.Put enqueue(List<QueuedRepo> repos) throws InterruptedException {
    return level.put(
        () -> repos.isEmpty() ? 0 : run.settings().stores().queue().enqueue(run.id(), repos));
  }

  /** How many repos the queue is to hold at least. */
  long level() {
    return level.level();
  }
}

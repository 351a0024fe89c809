package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.StoreException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this process is the one that lists the job's sources. The store judges that by its own
 * clock; here it ends a little earlier, so that a process that stalled stops before another begins.
 * {@link #holds} may be asked by any thread; the rest is for the run's own.
 */
final class DiscoveryHold {

  private static final Logger log = LoggerFactory.getLogger(DiscoveryHold.class);

  /** How soon a listing that was given up is taken by another. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

  private final RunContext run;
  private final ProgressStore progress;
  private volatile boolean taken;
  private volatile long deadline;
  private long askAt;

  DiscoveryHold(RunContext run) {
    this.run = run;
    this.progress = run.settings().stores().progress();
    this.askAt = run.nanoTime();
  }

  boolean holds() {
    return taken && run.nanoTime() - deadline < 0;
  }

  /**
   * Takes the listing when it is free, or goes on having it.
   *
   * @return whether this process had it all the time since it was asked before; if not, another may
   *     have had it meanwhile
   */
  boolean keep() {
    boolean unbroken = holds();
    long now = run.nanoTime();
    if (askAt - now > 0) {
      return unbroken;
    }
    long until = run.leaseDeadline();
    Duration lease = run.settings().leaseFor();
    boolean had = taken;
    taken = progress.holdDiscovery(run.id(), run.worker(), lease);
    deadline = until;
    long quarter = lease.toNanos() / 4;
    askAt = now + (taken ? quarter : Math.min(quarter, ASK_AGAIN.toNanos()));
    if (taken != had) {
      log.info("job {}: {} lists its sources", run.id(), taken ? "this process" : "another");
    }
    return unbroken && taken;
  }

  /** Leaves the listing to whoever asks next; where that fails, it is theirs a lease later. */
  void giveUp() {
    if (!taken) {
      return;
    }
    taken = false;
    askAt = run.nanoTime();
    try {
      progress.holdDiscovery(run.id(), run.worker(), Duration.ZERO);
    } catch (StoreException e) {
      log.warn("the listing of job {} is free only when its time is over", run.id(), e);
    }
  }

  /** Whether there is something to give up. */
  boolean taken() {
    return taken;
  }
}

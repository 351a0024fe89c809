package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a host does not answer, so that its repos wait instead of failing one by one.
 *
 * <p>Closed until {@value #FAILURES_TO_OPEN} failures in a row; then open for a time that doubles
 * with every probe that fails; a single success closes it. A host that failed all probes for {@code
 * patience} is given up. Guarded by the scheduler's lock; times are in nanoseconds of one ticker.
 */
final class HostBreaker {

  static final int FAILURES_TO_OPEN = 5;
  static final int PROBES_BEFORE_GIVING_UP = 3;
  static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final Duration patience;

  private int failuresInARow;
  private int failedProbes;
  private long firstFailureAt;
  private long openUntil;
  private boolean open;
  private boolean probing;
  private @Nullable Failure lastFailure;

  HostBreaker(Duration patience) {
    this.patience = patience;
  }

  /** How long until a turn may be taken; zero for now. */
  long waitNanos(long now) {
    return open ? Math.max(0, openUntil - now) : 0;
  }

  /** Whether only one turn may be under way, because it is a probe. */
  boolean halfOpen() {
    return open;
  }

  boolean probing() {
    return probing;
  }

  void turnBegins() {
    probing = open;
  }

  void answered() {
    failuresInARow = 0;
    failedProbes = 0;
    open = false;
    probing = false;
    lastFailure = null;
  }

  /** A turn ended without telling anything of the host. */
  void turnUndecided() {
    probing = false;
  }

  /** The wait that begins with this failure, if the breaker opened or stays open. */
  Optional<Duration> failed(Failure failure, long now) {
    if (failuresInARow++ == 0) {
      firstFailureAt = now;
    }
    lastFailure = failure;
    if (open && !probing) {
      return Optional.empty(); // a turn that began before it opened
    }
    if (open) {
      failedProbes++;
    }
    probing = false;
    if (failuresInARow < FAILURES_TO_OPEN) {
      return Optional.empty();
    }
    open = true;
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failedProbes, 16));
    if (wait.compareTo(LONGEST_WAIT) > 0) {
      wait = LONGEST_WAIT;
    }
    if (wait.compareTo(patience) > 0 && !patience.isZero()) {
      wait = patience;
    }
    openUntil = now + wait.toNanos();
    return Optional.of(wait);
  }

  /** The failure for which the host is given up, once it is. */
  Optional<Failure> givenUp(long now) {
    boolean longEnough = now - firstFailureAt >= patience.toNanos();
    return open && failedProbes >= PROBES_BEFORE_GIVING_UP && longEnough
        ? Optional.ofNullable(lastFailure)
        : Optional.empty();
  }
}

package io.github.atprotobackfill.xrpc;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/**
 * What hosts still allow several processes behind one IP address, who spend it together: each draws
 * a few requests ahead, and tells with that what it knows of the host. Kept in a store that all of
 * them reach; handed to {@link XrpcClientBuilder#sharedBudget}.
 *
 * <p>What is promised of each host: over any time <i>t</i>, all processes together are granted at
 * most {@code burst + requestsPerSecond × t} requests, by the store's clock; none is granted while
 * the host is parked, whichever process heard so; and of a window that the host tells of, no more
 * is granted than was left of it. {@link HostBalance#draw} is the reckoning; a store has to make it
 * as one step.
 *
 * <p>Implementations are thread-safe, block for one call to their store, hold nothing between
 * calls, and throw a {@link io.github.atprotobackfill.failure.BackfillException} when the store
 * cannot be reached: nothing is granted then.
 */
public interface SharedBudget {

  /** How far ahead of their time requests are granted; who comes later is to ask again. */
  Duration LONGEST_AHEAD = Duration.ofSeconds(1);

  /** Draws requests to one host, and tells what is known of it. */
  Drawn draw(Draw wanted);

  /**
   * A budget in memory, for several clients in one process, and for tests.
   *
   * @param clock what the budget is filled by
   */
  static SharedBudget inMemory(InstantSource clock) {
    return new InMemorySharedBudget(clock);
  }

  /** What hosts count apart, as the reference PDS does. */
  enum Spending {
    /** {@code com.atproto.sync.getRepo}. */
    EXPORTS,
    /** Everything else. */
    OTHERS
  }

  /**
   * What is wanted of a host, and what is known of it.
   *
   * @param spending what the requests are for
   * @param policy the pace of all processes together; its concurrency is of no concern here
   * @param most how many requests are wanted; 0 only to tell what is known
   */
  record Draw(ServiceUrl host, Spending spending, HostPolicy policy, int most, Known known) {

    public Draw {
      Objects.requireNonNull(host, "host");
      Objects.requireNonNull(spending, "spending");
      Objects.requireNonNull(policy, "policy");
      Objects.requireNonNull(known, "known");
      if (most < 0) {
        throw new IllegalArgumentException("most must not be negative: " + most);
      }
    }
  }

  /**
   * What a process knows of a host by its answers. No time counts for more than {@link
   * HostPolicy#MAX_PARK}.
   *
   * @param left how many requests the window of this spending still holds, without those that this
   *     process has drawn and not sent; {@link #UNLIMITED} when it does not know of a window
   * @param resetIn how long until that window ends; zero when it does not know of one
   * @param parkedFor how long requests of this spending are refused; zero when they are not
   * @param hostParkedFor how long the host refuses everything; zero when it does not
   */
  record Known(long left, Duration resetIn, Duration parkedFor, Duration hostParkedFor) {

    /** The requests left of a window that nobody told of. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Nothing. */
    public static final Known NOTHING =
        new Known(UNLIMITED, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    public Known {
      requireNotNegative(resetIn);
      requireNotNegative(parkedFor);
      requireNotNegative(hostParkedFor);
      if (left < 0) {
        throw new IllegalArgumentException("left must not be negative: " + left);
      }
    }

    private static void requireNotNegative(Duration duration) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException("must not be negative: " + duration);
      }
    }
  }

  /**
   * What a process may spend.
   *
   * @param granted how many requests; 0 when there are none for now, or none were wanted
   * @param after when the last of those granted may be sent, each before it the time between two
   *     requests earlier, zero for all at once; when none is granted, how long to wait before
   *     asking again
   * @param parked whether that wait is the host's own wish
   */
  record Drawn(int granted, Duration after, boolean parked) {

    public Drawn {
      if (granted < 0 || after.isNegative()) {
        throw new IllegalArgumentException("negative: " + granted + ", " + after);
      }
    }
  }
}

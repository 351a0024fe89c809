package io.github.atprotobackfill.examples.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What happens to a fleet while it works. */
enum Mishap {
  /** {@code kill -9}; another worker is started in its place. */
  KILL(6),
  /** {@code SIGSTOP}, and {@code SIGCONT} when its leases have run out. */
  FREEZE(3),
  /** The database dies as by a power cut, and comes back a moment later. */
  DATABASE_RESTART(2),
  /** The same with Redis, which has written down what it was told. */
  REDIS_RESTART(2),
  /** Redis loses its memory. */
  REDIS_FLUSH(1);

  private final int weight;

  Mishap(int weight) {
    this.weight = weight;
  }

  /** Those that may befall a fleet with such a store. */
  static Set<Mishap> with(StorePlace.Kind store) {
    return store.hasRedis()
        ? EnumSet.allOf(Mishap.class)
        : EnumSet.of(KILL, FREEZE, DATABASE_RESTART);
  }

  /**
   * Mishaps in an order that follows from the random numbers: every kind once at first, and then as
   * often as it weighs, so that none is left out for long.
   */
  static final class Deck {

    private final Set<Mishap> kinds;
    private final Random random;
    private final List<Mishap> left = new ArrayList<>();

    Deck(Set<Mishap> kinds, Random random) {
      this.kinds = kinds;
      this.random = random;
      left.addAll(kinds);
      Collections.shuffle(left, random);
    }

    Mishap next() {
      if (left.isEmpty()) {
        for (Mishap mishap : kinds) {
          left.addAll(Collections.nCopies(mishap.weight, mishap));
        }
        Collections.shuffle(left, random);
      }
      return left.remove(left.size() - 1);
    }

    /** One that could not happen when it was drawn comes next. */
    void putBack(Mishap mishap) {
      left.add(mishap);
    }
  }
}

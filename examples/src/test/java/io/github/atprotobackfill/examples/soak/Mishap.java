package io.github.atprotobackfill.examples.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What happens to a fleet while it works. */
enum Mishap {
  /** {@code kill -9}; another worker is started in its place. */
  KILL(6),
  /** {@code SIGSTOP}, and {@code SIGCONT} when its leases have run out. */
  FREEZE(3),
  /** The database dies as by a power cut, and comes back a moment later. */
  DATABASE_RESTART(2);

  private final int weight;

  Mishap(int weight) {
    this.weight = weight;
  }

  /**
   * Mishaps in an order that follows from the random numbers alone: each deck holds every kind as
   * often as it weighs, so that none is left out for long.
   */
  static final class Deck {

    private final Random random;
    private final List<Mishap> left = new ArrayList<>();

    Deck(Random random) {
      this.random = random;
    }

    Mishap next() {
      if (left.isEmpty()) {
        for (Mishap mishap : values()) {
          left.addAll(Collections.nCopies(mishap.weight, mishap));
        }
        Collections.shuffle(left, random);
      }
      return left.remove(left.size() - 1);
    }
  }
}

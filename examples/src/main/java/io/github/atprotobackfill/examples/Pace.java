package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillProgress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** How fast a run goes, judged over its latest part. Used by one thread. */
final class Pace {

  /** How far back the rates look. */
  static final Duration WINDOW = Duration.ofSeconds(15);

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double SHORTEST_SECONDS = 1e-3;

  private final Deque<BackfillProgress> latest = new ArrayDeque<>();

  /** Takes note of how a run stands; later calls are given later moments. */
  void note(BackfillProgress now) {
    latest.addLast(now);
    while (latest.size() > 2
        && latest.getFirst().elapsed().compareTo(now.elapsed().minus(WINDOW)) < 0) {
      latest.removeFirst();
    }
  }

  long recordsPerSecond() {
    if (latest.size() < 2) {
      return 0;
    }
    long records = latest.getLast().counts().seen() - latest.getFirst().counts().seen();
    return Math.round(records / seconds());
  }

  /** How long what is open will take at this pace; empty while nobody can know. */
  Optional<Duration> timeLeft() {
    if (latest.size() < 2 || !latest.getLast().discoveryDone()) {
      return Optional.empty();
    }
    long ended = ended(latest.getLast()) - ended(latest.getFirst());
    if (ended <= 0) {
      return Optional.empty();
    }
    double left = latest.getLast().repos().open() * seconds() / ended;
    return Optional.of(Duration.ofSeconds(Math.round(left)));
  }

  private static long ended(BackfillProgress at) {
    return at.repos().discovered() - at.repos().open();
  }

  private double seconds() {
    Duration span = latest.getLast().elapsed().minus(latest.getFirst().elapsed());
    return Math.max(span.toNanos() / NANOS_PER_SECOND, SHORTEST_SECONDS);
  }
}

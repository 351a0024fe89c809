package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.source.RepoSource;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Lists every source of a job, beside the reading of what they told, and goes on where an earlier
 * run or another process stopped. Of several processes one lists at a time; the others look on, and
 * one of them takes over when it is gone. {@link #tick}, {@link #beginAgain} and {@link #rest} are
 * for the run's own thread; the others are thread-safe.
 */
final class Discovery {

  /** Sources listed at once; each is one more host that is asked, politely, page by page. */
  static final int SOURCES_AT_ONCE = 8;

  private static final Duration LOOK_ON = Duration.ofSeconds(1);

  private final RunContext run;
  private final JobSources sources;
  private final Executor executor;
  private final ProgressStore progress;
  private final DiscoveryHold hold;
  private final Cadence looking;
  private final Map<String, DiscoveryState> states = new ConcurrentHashMap<>();
  private final Map<String, SourceWalk> walking = new ConcurrentHashMap<>();

  private @Nullable Listing listing;
  private volatile Patience patience;
  private volatile @Nullable StoreException trouble;
  private long goOnAt;

  Discovery(RunContext run, JobSources sources, Executor executor) {
    this.run = run;
    this.sources = sources;
    this.executor = executor;
    this.progress = run.settings().stores().progress();
    this.hold = new DiscoveryHold(run);
    this.looking = new Cadence(run::nanoTime);
    this.goOnAt = run.nanoTime();
    this.patience = newPatience();
    sources.first(); // so that later looks need no store
  }

  // ---- who lists

  /** Lists if it is this process's part, and looks on if it is another's. */
  void tick() throws InterruptedException {
    if (sources.first().isEmpty()) {
      return;
    }
    if (!hold.keep()) {
      endListing();
    }
    if (!hold.holds()) {
      lookOn();
      return;
    }
    Listing current = listing;
    if (current != null && current.goesOn()) {
      walkOn(current);
    } else if (walking.isEmpty() && patient()) {
      Listing begun = begin();
      listing = begun;
      walkOn(begun);
    }
  }

  /** Reads the stores again, and goes on from what they say. */
  void beginAgain() {
    endListing();
    looking.now();
  }

  /** Puts the listing down, and leaves it to others once nothing is under way. */
  void rest() {
    endListing();
    if (walking.isEmpty()) {
      hold.giveUp();
    }
  }

  private void endListing() {
    Listing current = listing;
    listing = null;
    if (current != null) {
      current.end();
    }
  }

  private void lookOn() {
    if (looking.due(LOOK_ON)) {
      looking.run(() -> learn(progress.discovery(run.id())));
    }
  }

  /** Learns how it stands at the end, whoever listed. */
  void lookLast() {
    learn(progress.discovery(run.id()));
  }

  private void learn(List<DiscoveryState> stored) {
    Set<String> known = new HashSet<>();
    for (DiscoveryState state : stored) {
      known.add(state.source());
      states.put(state.source(), state);
    }
    states.keySet().retainAll(known);
  }

  // ---- beginning

  private Listing begin() {
    learn(progress.discovery(run.id()));
    long expected = queued();
    long there = run.settings().stores().queue().stats(run.id()).total();
    if (there < expected) {
      run.lostMemory(String.format("%d of %d repos of the queue", expected - there, expected));
      states.keySet().forEach(source -> store(DiscoveryState.begin(source)));
    }
    sources.first().forEach(this::add);
    return new Listing(run, hold::holds, there);
  }

  /** How many repos the queue held when the last of what was listed was in it. */
  long queued() {
    return queued(states.values());
  }

  /** How many repos the queue held when the last of what these tell was in it. */
  static long queued(Collection<DiscoveryState> states) {
    return states.stream().mapToLong(DiscoveryState::queued).max().orElse(0);
  }

  /**
   * Whether the stores may be asked again: after each failure in a row they are left alone longer.
   */
  private boolean patient() throws InterruptedException {
    StoreException failed = trouble;
    if (failed != null) {
      trouble = null;
      patience.waitOrGiveUp(failed);
    }
    return run.nanoTime() - goOnAt >= 0;
  }

  private Patience newPatience() {
    return new Patience(
        time -> goOnAt = run.nanoTime() + time.toNanos(), run.settings().storePatience());
  }

  // ---- walking

  private void walkOn(Listing current) {
    for (DiscoveryState state : states.values()) {
      if (!state.done() && !walking.containsKey(state.source())) {
        SourceWalk walk = new SourceWalk(run, this, current, sources.ofId(state.source()), state);
        walking.put(state.source(), walk);
        executor.execute(() -> walk(walk, current));
      }
    }
  }

  private void walk(SourceWalk walk, Listing current) {
    try {
      walk.walk();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StoreException e) {
      trouble = e;
      current.end();
    } catch (RuntimeException e) {
      run.control().breakDown(e);
    } finally {
      walking.remove(walk.source());
      run.control().signal();
    }
  }

  /** Adds a source that another one led to. */
  void add(RepoSource source) {
    if (!states.containsKey(source.id())) {
      store(DiscoveryState.begin(source.id()));
    }
  }

  /** What to list instead of a source that is not offered, if anything. */
  boolean replace(DiscoveryState unsupported) {
    return sources
        .insteadOf(unsupported)
        .map(
            other -> {
              add(other);
              return true;
            })
        .orElse(false);
  }

  /** Stores how far a source is. */
  void save(DiscoveryState state) {
    store(state);
    patience = newPatience();
  }

  private void store(DiscoveryState state) {
    progress.saveDiscovery(run.id(), state);
    states.put(state.source(), state);
  }

  // ---- how it stands

  /** Whether this run lists nothing, and holds the listing back from nobody. */
  boolean idle() {
    return walking.isEmpty() && !hold.taken();
  }

  /** Whether every source is listed to its end, well or badly, as far as this process knows. */
  boolean done() {
    return walking.isEmpty() && listed(states.values());
  }

  /** Whether these are all sources of the job, each listed to its end. */
  boolean listed(Collection<DiscoveryState> all) {
    Set<String> ended = new HashSet<>();
    for (DiscoveryState state : all) {
      if (!state.done()) {
        return false;
      }
      ended.add(state.source());
    }
    return sources.first().stream().map(RepoSource::id).allMatch(ended::contains);
  }
}

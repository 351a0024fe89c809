package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.source.RepoSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Lists every source of a job, beside the reading of what they told, and goes on where an earlier
 * run stopped. Thread-safe.
 */
final class Discovery {

  /** Sources listed at once; each is one more host that is asked, politely, page by page. */
  static final int SOURCES_AT_ONCE = 8;

  private final RunContext run;
  private final JobSources sources;
  private final Executor executor;
  private final ProgressStore progress;
  private final Map<String, DiscoveryState> states = new ConcurrentHashMap<>();
  private final Map<String, SourceWalk> walking = new ConcurrentHashMap<>();
  private volatile boolean prepared;

  Discovery(RunContext run, JobSources sources, Executor executor) {
    this.run = run;
    this.sources = sources;
    this.executor = executor;
    this.progress = run.settings().stores().progress();
  }

  /** Makes all sources known; what is stored of them stands. */
  void prepare() {
    Map<String, DiscoveryState> stored = new HashMap<>();
    progress.discovery(run.id()).forEach(state -> stored.put(state.source(), state));
    states.putAll(stored);
    for (RepoSource source : sources.first()) {
      if (!stored.containsKey(source.id())) {
        save(DiscoveryState.begin(source.id()));
      }
    }
    prepared = true;
  }

  /** Walks on every source that is neither done nor being walked. */
  void walkOn() {
    for (DiscoveryState state : states.values()) {
      if (!state.done() && !walking.containsKey(state.source())) {
        SourceWalk walk = new SourceWalk(run, this, sources.ofId(state.source()), state);
        walking.put(state.source(), walk);
        executor.execute(() -> walk(walk));
      }
    }
  }

  private void walk(SourceWalk walk) {
    try {
      walk.walk();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
      save(DiscoveryState.begin(source.id()));
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
    progress.saveDiscovery(run.id(), state);
    states.put(state.source(), state);
  }

  /** Whether no source is being walked by this run. */
  boolean idle() {
    return walking.isEmpty();
  }

  /** Whether every source is listed to its end, well or badly. */
  boolean done() {
    return prepared && walking.isEmpty() && states.values().stream().allMatch(DiscoveryState::done);
  }

  /** The sources that could not be listed to their end. */
  List<DiscoveryState> failed() {
    return states.values().stream()
        .filter(state -> state.failure() != null)
        .collect(Collectors.toList());
  }
}

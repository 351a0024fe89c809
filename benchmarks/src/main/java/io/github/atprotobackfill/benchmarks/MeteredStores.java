package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stores that note how often each method was called, and the processor time of the calling threads
 * within. Thread-safe.
 */
final class MeteredStores implements BackfillStores {

  private final BackfillStores stores;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();
  private final LongAdder nanos = new LongAdder();
  private final ProgressStore progress;
  private final WorkQueue queue;
  private final RepoStates states;

  MeteredStores(BackfillStores stores) {
    this.stores = stores;
    this.progress = metered(ProgressStore.class, stores.progress());
    this.queue = metered(WorkQueue.class, stores.queue());
    this.states = metered(RepoStates.class, stores.states());
  }

  private <T> T metered(Class<T> port, T store) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              long begin = threads.getCurrentThreadCpuTime();
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                nanos.add(threads.getCurrentThreadCpuTime() - begin);
                calls
                    .computeIfAbsent(
                        port.getSimpleName() + "." + method.getName(), name -> new LongAdder())
                    .increment();
              }
            }));
  }

  /** Calls so far by method, but for the one that only hands out an object. */
  Map<String, Long> calls() {
    Map<String, Long> sums = new TreeMap<>();
    calls.forEach((name, count) -> sums.put(name, count.sum()));
    sums.remove("WorkQueue.atomicScope");
    return sums;
  }

  long allCalls() {
    return calls().values().stream().mapToLong(Long::longValue).sum();
  }

  /** The processor time within calls so far. */
  Duration processorTime() {
    return Duration.ofNanos(nanos.sum());
  }

  @Override
  public ProgressStore progress() {
    return progress;
  }

  @Override
  public WorkQueue queue() {
    return queue;
  }

  @Override
  public RepoStates states() {
    return states;
  }

  @Override
  public void close() {
    stores.close();
  }
}

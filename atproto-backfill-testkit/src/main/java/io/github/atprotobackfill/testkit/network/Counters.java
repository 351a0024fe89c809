package io.github.atprotobackfill.testkit.network;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a host was asked, counted. Thread-safe. */
final class Counters {

  private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private final LongAdder overLimit = new LongAdder();

  void begin(String method) {
    requests.computeIfAbsent(method, m -> new LongAdder()).increment();
    int now = underWay.incrementAndGet();
    mostUnderWay.accumulateAndGet(now, Math::max);
  }

  void end() {
    underWay.decrementAndGet();
  }

  void overLimit() {
    overLimit.increment();
  }

  long total() {
    return requests.values().stream().mapToLong(LongAdder::sum).sum();
  }

  long of(String method) {
    LongAdder count = requests.get(method);
    return count == null ? 0 : count.sum();
  }

  Map<String, Long> byMethod() {
    Map<String, Long> counts = new TreeMap<>();
    requests.forEach((method, count) -> counts.put(method, count.sum()));
    return counts;
  }

  int mostUnderWay() {
    return mostUnderWay.get();
  }

  long overLimitCount() {
    return overLimit.sum();
  }

  void reset() {
    requests.clear();
    mostUnderWay.set(underWay.get());
    overLimit.reset();
  }
}

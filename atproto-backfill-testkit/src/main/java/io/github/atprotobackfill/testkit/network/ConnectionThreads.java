package io.github.atprotobackfill.testkit.network;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads that serve connections: daemons with small stacks, as many as are needed. */
final class ConnectionThreads {

  private static final int STACK_BYTES = 256 * 1024;

  private ConnectionThreads() {}

  static ExecutorService create() {
    AtomicInteger count = new AtomicInteger();
    return Executors.newCachedThreadPool(
        task -> {
          String name = "simulated-network-" + count.incrementAndGet();
          Thread thread = new Thread(null, task, name, STACK_BYTES);
          thread.setDaemon(true);
          return thread;
        });
  }
}

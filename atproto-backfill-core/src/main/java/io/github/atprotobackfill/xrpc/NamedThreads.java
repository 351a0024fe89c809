package io.github.atprotobackfill.xrpc;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Daemon threads named {@code prefix-1}, {@code prefix-2} …, so that a dump tells whose they are.
 */
final class NamedThreads implements ThreadFactory {

  private final String prefix;
  private final AtomicInteger last = new AtomicInteger();

  NamedThreads(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, prefix + "-" + last.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}

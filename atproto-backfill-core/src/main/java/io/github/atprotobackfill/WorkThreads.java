package io.github.atprotobackfill;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of one run: named after it, daemons, and gone when it ends. */
final class WorkThreads {

  private static final int LOCATING = 16;
  static final int COMPARING = 4;

  private final String prefix;
  private final ExecutorService fetching;
  private final ExecutorService locating;
  private final ExecutorService discovering;
  private final ExecutorService comparing;
  private final ScheduledExecutorService timer;
  private final List<Thread> writing = new ArrayList<>();

  WorkThreads(UUID job, int concurrency) {
    this.prefix = "backfill-" + job.toString().substring(0, 8) + "-";
    this.fetching = virtualOr(Executors.newFixedThreadPool(concurrency, named("fetch")));
    this.locating = Executors.newFixedThreadPool(LOCATING, named("locate"));
    this.discovering = Executors.newFixedThreadPool(Discovery.SOURCES_AT_ONCE, named("discover"));
    this.comparing = Executors.newFixedThreadPool(COMPARING, named("compare"));
    this.timer = Executors.newSingleThreadScheduledExecutor(named("timer"));
  }

  ExecutorService fetching() {
    return fetching;
  }

  ExecutorService locating() {
    return locating;
  }

  ExecutorService discovering() {
    return discovering;
  }

  /** Where the sink is asked ahead what it holds. */
  ExecutorService comparing() {
    return comparing;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  Thread run(Runnable runnable) {
    return named("run").newThread(runnable);
  }

  void startWriter(Runnable writer) {
    Thread thread = named("write").newThread(writer);
    writing.add(thread);
    thread.start();
  }

  /** Waits for each writer to end, at most {@code most}; {@link #close} interrupts the others. */
  void awaitWriters(Duration most) throws InterruptedException {
    for (Thread thread : writing) {
      thread.join(most.toMillis());
    }
  }

  /** Interrupts what reads and lists; what had not begun yet begins, to see that it is to end. */
  void interruptReading() {
    for (ExecutorService pool : List.of(fetching, locating, discovering)) {
      pool.shutdownNow().forEach(Runnable::run);
    }
    // Who needs what was to be asked ahead asks for it; nobody else has any use for it.
    comparing.shutdownNow();
  }

  /** Ends everything; waits at most {@code most} for what is still under way. */
  void close(Duration most) throws InterruptedException {
    timer.shutdownNow();
    interruptReading();
    fetching.awaitTermination(most.toMillis(), TimeUnit.MILLISECONDS);
    for (Thread thread : writing) {
      thread.interrupt();
      thread.join(most.toMillis());
    }
  }

  private ThreadFactory named(String role) {
    AtomicInteger number = new AtomicInteger();
    return runnable -> {
      Thread thread = new Thread(runnable, prefix + role + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** A virtual thread a turn where the JVM has them (21 and later), else the given pool. */
  private static ExecutorService virtualOr(ExecutorService platform) {
    try {
      Method factory = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
      ExecutorService virtual = (ExecutorService) factory.invoke(null);
      platform.shutdown();
      return virtual;
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return platform;
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("virtual threads are there but cannot be had", e);
    }
  }
}

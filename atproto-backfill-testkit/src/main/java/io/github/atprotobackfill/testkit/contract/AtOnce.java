package io.github.atprotobackfill.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The same work in several threads that begin together. */
final class AtOnce {

  static final int THREADS = 8;

  /** Long past anything that is merely slow: then a thread hangs. */
  private static final long HANGS_AFTER_MINUTES = 5;

  interface Work<T> {
    T run(int thread) throws Exception;
  }

  private AtOnce() {}

  /** What each of {@link #THREADS} threads came to; the first failure of any is thrown. */
  static <T> List<T> call(Work<T> work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        Callable<T> begun =
            () -> {
              start.await();
              return work.run(thread);
            };
        running.add(pool.submit(begun));
      }
      start.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> future : running) {
        results.add(future.get(HANGS_AFTER_MINUTES, TimeUnit.MINUTES));
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }
}

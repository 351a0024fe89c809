package io.github.atprotobackfill.xrpc;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The {@code HttpClient} and the threads of one {@link XrpcClient}: kept for as long as calls are
 * under way, and let go by the last of them once closed. Thread-safe.
 */
final class HttpResources implements AutoCloseable {

  private static final String THREADS = "atproto-http";
  private static final Duration IDLE_THREAD = Duration.ofSeconds(30);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final ThreadPoolExecutor executor;
  private final ScheduledThreadPoolExecutor timer;
  private final boolean owned;
  private volatile @Nullable HttpClient client;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** The owner and each call under way are parties; when the last one leaves, all is let go. */
  private final Phaser users =
      new Phaser(1) {
        @Override
        protected boolean onAdvance(int phase, int registeredParties) {
          release();
          return true;
        }
      };

  /**
   * Resources around a client that was handed in, or around one of our own.
   *
   * @param connectTimeout at most this, or less, for a client of our own
   */
  HttpResources(@Nullable HttpClient given, Duration connectTimeout) {
    executor =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_THREAD.toSeconds(),
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new NamedThreads(THREADS));
    timer = new ScheduledThreadPoolExecutor(1, new NamedThreads(THREADS + "-timer"));
    timer.setRemoveOnCancelPolicy(true);
    owned = given == null;
    client = given != null ? given : newClient(executor, connectTimeout);
  }

  private static HttpClient newClient(Executor executor, Duration connectTimeout) {
    return HttpClient.newBuilder()
        .executor(executor)
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(
            connectTimeout.compareTo(CONNECT_TIMEOUT) < 0 ? connectTimeout : CONNECT_TIMEOUT)
        .build();
  }

  /** Begins a call; {@link #leave} must follow. */
  void enter() {
    if (closed.get() || users.register() < 0) {
      throw new IllegalStateException("this XrpcClient is closed");
    }
  }

  void leave() {
    users.arriveAndDeregister();
  }

  /** The client, between {@link #enter} and {@link #leave}. */
  HttpClient client() {
    HttpClient open = client;
    if (open == null) {
      throw new IllegalStateException("this XrpcClient is closed");
    }
    return open;
  }

  Executor executor() {
    return executor;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  /** Refuses new calls; those under way go on to their end. May be called again. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      users.arriveAndDeregister();
    }
  }

  private void release() {
    HttpClient last = client;
    // On Java 17 a client cannot be closed: its selector thread ends once nobody refers to it.
    client = null;
    if (owned && last instanceof AutoCloseable closeable) {
      closeQuietly(closeable);
    }
    executor.shutdown();
    timer.shutdownNow();
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception impossible) {
      throw new IllegalStateException("HttpClient.close declares no exception", impossible);
    }
  }
}

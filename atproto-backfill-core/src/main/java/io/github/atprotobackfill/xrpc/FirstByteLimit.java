package io.github.atprotobackfill.xrpc;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Sends a request so that the wait for its headers, and that wait alone, has a limit. */
interface FirstByteLimit {

  /** The first JDK in which {@code HttpRequest.timeout} goes on into the body (JDK-8208693). */
  int TIMEOUT_COVERS_BODY = 26;

  /**
   * Sends and waits for the whole answer.
   *
   * @param limit the longest wait for the headers
   * @throws HttpTimeoutException when they did not arrive in time; the connection is closed
   */
  <T> HttpResponse<T> send(
      HttpClient client, HttpRequest.Builder request, BodyHandler<T> handler, Duration limit)
      throws IOException, InterruptedException;

  /** The way that suits the running JVM. */
  static FirstByteLimit ofThisJvm(ScheduledExecutorService timer) {
    return Runtime.version().feature() < TIMEOUT_COVERS_BODY
        ? new ByRequestTimeout()
        : new ByCancelling(timer);
  }

  /** By the client's own timeout: four times the throughput of {@code sendAsync} on JDK 17. */
  record ByRequestTimeout() implements FirstByteLimit {

    @Override
    public <T> HttpResponse<T> send(
        HttpClient client, HttpRequest.Builder request, BodyHandler<T> handler, Duration limit)
        throws IOException, InterruptedException {
      return client.send(request.timeout(limit).build(), handler);
    }
  }

  /**
   * By cancelling the very future that {@code sendAsync} gives; cancelling a dependent one would
   * leave the connection open.
   */
  record ByCancelling(ScheduledExecutorService timer) implements FirstByteLimit {

    @Override
    public <T> HttpResponse<T> send(
        HttpClient client, HttpRequest.Builder request, BodyHandler<T> handler, Duration limit)
        throws IOException, InterruptedException {
      AtomicReference<Headers> headers = new AtomicReference<>(Headers.AWAITED);
      CompletableFuture<HttpResponse<T>> answer =
          client.sendAsync(
              request.build(),
              arrived -> {
                headers.compareAndSet(Headers.AWAITED, Headers.ARRIVED);
                return handler.apply(arrived);
              });
      ScheduledFuture<?> end =
          timer.schedule(
              () -> headers.compareAndSet(Headers.AWAITED, Headers.LATE) && answer.cancel(true),
              limit.toNanos(),
              TimeUnit.NANOSECONDS);
      try {
        return answer.get();
      } catch (InterruptedException stop) {
        answer.cancel(true);
        throw stop;
      } catch (ExecutionException | CancellationException failed) {
        throw headers.get() == Headers.LATE
            ? new HttpTimeoutException("no headers within " + limit)
            : asIoException(failed);
      } finally {
        end.cancel(false);
      }
    }

    private enum Headers {
      AWAITED,
      ARRIVED,
      LATE
    }

    private static IOException asIoException(Exception failed) {
      return failed.getCause() instanceof IOException cause ? cause : new IOException(failed);
    }
  }
}

package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.xrpc.BoundedBody.CutShort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One GET over {@code java.net.http}, within the limits of size and time, and nothing else: no
 * budget, no retry, no redirect. Thread-safe.
 *
 * <p>Whatever ends an exchange early closes its connection, with one exception that is not ours to
 * mend: where Java's client itself refuses the headers (more than 384 kB of them, or more than
 * eight interim answers), it leaves the connection open until the host closes it (JDK 17 to 25).
 */
final class HttpWire {

  private final HttpResources resources;
  private final HttpLimits limits;
  private final FirstByteLimit firstByte;
  private final String userAgent;
  private final boolean http2;
  private final XrpcListener listener;

  HttpWire(
      HttpResources resources,
      HttpLimits limits,
      FirstByteLimit firstByte,
      String userAgent,
      boolean http2,
      XrpcListener listener) {
    this.resources = resources;
    this.limits = limits;
    this.firstByte = firstByte;
    this.userAgent = userAgent;
    this.http2 = http2;
    this.listener = listener;
  }

  /**
   * Sends the request and waits for the answer, of any status.
   *
   * @param startedAt the {@code System.nanoTime()} from which the deadline counts
   * @throws XrpcException when there was no answer, or its body was not to be had; its status is 0
   *     exactly when no headers arrived
   */
  HttpAnswer get(Call call, long startedAt) throws InterruptedException {
    Exchange exchange = new Exchange(call.maxBytes(), startedAt);
    try {
      HttpResponse<BoundedBody> response =
          firstByte.send(
              resources.client(), request(call), exchange, limits.untilHeaders(startedAt));
      return new HttpAnswer(response.statusCode(), response.headers(), response.body());
    } catch (IOException failed) {
      HttpAnswer error = exchange.brokenError();
      if (error != null) {
        return error;
      }
      throw failure(call, exchange, failed);
    } finally {
      exchange.end();
      listener.exchange(call.service(), exchange.status, exchange.size(), exchange.took());
    }
  }

  private HttpRequest.Builder request(Call call) {
    return HttpRequest.newBuilder(call.uri())
        .GET()
        .version(version(call.service()))
        .header("Accept", "*/*")
        .header("Accept-Encoding", "gzip")
        .header("User-Agent", userAgent);
  }

  /** Over plain http the client would ask for an upgrade, which the reference PDS answers badly. */
  private HttpClient.Version version(ServiceUrl service) {
    return http2 && service.isHttps() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
  }

  private XrpcException failure(Call call, Exchange exchange, IOException failed) {
    CutShort cut = exchange.cut();
    return cut == null ? broken(call, exchange, failed) : cutShort(call, exchange, cut);
  }

  private XrpcException cutShort(Call call, Exchange exchange, CutShort cut) {
    int status = exchange.status;
    int size = exchange.size();
    return switch (cut) {
      case TOO_LARGE ->
          call.failure(
              ErrorKind.RESPONSE_TOO_LARGE,
              "the answer is larger than " + call.maxBytes() + " bytes",
              status,
              null);
      case PAST_DEADLINE ->
          call.failure(
              ErrorKind.TIMEOUT,
              "not finished within " + text(limits.deadline()) + ", after " + size + " bytes",
              status,
              null);
      case TOO_SLOW ->
          call.failure(
              ErrorKind.TOO_SLOW,
              "slower than " + limits.minBytesPerSecond() + " bytes/s, after " + size + " bytes",
              status,
              null);
      case ABANDONED ->
          call.failure(ErrorKind.CONNECT, "given up after " + size + " bytes", status, null);
    };
  }

  private XrpcException broken(Call call, Exchange exchange, IOException failed) {
    int status = exchange.status;
    if (status != 0) {
      String detail = "cut after " + exchange.size() + " bytes of body: " + failed.getMessage();
      return call.failure(ErrorKind.CONNECT, detail, status, failed);
    }
    if (failed instanceof HttpConnectTimeoutException) {
      return call.failure(ErrorKind.TIMEOUT, "no connection in time", 0, failed);
    }
    if (failed instanceof HttpTimeoutException) {
      String detail = "no answer within " + text(limits.firstByte());
      return call.failure(ErrorKind.TIMEOUT, detail, 0, failed);
    }
    if (isCausedBy(UnresolvedAddressException.class, failed)
        || isCausedBy(UnknownHostException.class, failed)) {
      return call.failure(ErrorKind.DNS, "the host name has no address", 0, failed);
    }
    if (isCausedBy(SSLException.class, failed)) {
      return call.failure(ErrorKind.TLS, "TLS: " + failed.getMessage(), 0, failed);
    }
    if (failed instanceof ProtocolException) {
      String detail = "not HTTP: " + failed.getMessage();
      return call.failure(ErrorKind.INVALID_RESPONSE, detail, 0, failed);
    }
    String detail = failed instanceof ConnectException ? "cannot connect" : "no answer";
    return call.failure(ErrorKind.CONNECT, detail + reason(failed), 0, failed);
  }

  private static String reason(IOException failed) {
    return failed.getMessage() == null ? "" : ": " + failed.getMessage();
  }

  private static boolean isCausedBy(Class<? extends Exception> type, Throwable failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static String text(Duration duration) {
    return duration.toMillis() + " ms";
  }

  /** What is known of one exchange while it goes on. */
  private final class Exchange implements BodyHandler<BoundedBody> {

    private final int maxBytes;
    private final long startedAt;
    private final long sentAt = System.nanoTime();

    private volatile int status;
    private volatile @Nullable HttpHeaders headers;
    private volatile @Nullable BoundedBody body;
    private volatile @Nullable BodyWatch watch;

    Exchange(int maxBytes, long startedAt) {
      this.maxBytes = maxBytes;
      this.startedAt = startedAt;
    }

    @Override
    public BodySubscriber<BoundedBody> apply(ResponseInfo answer) {
      boolean success = answer.statusCode() / 100 == 2;
      int most = success ? mostOnTheWire(answer) : ErrorAnswer.MAX_BODY;
      BoundedBody arriving = new BoundedBody(most, announced(answer), !success);
      status = answer.statusCode();
      headers = answer.headers();
      body = arriving;
      watch = new BodyWatch(arriving, limits, startedAt, resources.timer(), System::nanoTime);
      watch.start();
      return arriving;
    }

    private int mostOnTheWire(ResponseInfo answer) {
      boolean encoded = answer.headers().firstValue("Content-Encoding").isPresent();
      return encoded ? ContentDecoding.mostEncoded(maxBytes) : maxBytes;
    }

    private static long announced(ResponseInfo answer) {
      try {
        return answer.headers().firstValueAsLong("Content-Length").orElse(-1);
      } catch (NumberFormatException malformed) {
        return -1;
      }
    }

    /** An error whose body broke off: its status and headers count, and what there is of it. */
    @Nullable HttpAnswer brokenError() {
      HttpHeaders arrived = headers;
      BoundedBody part = body;
      if (arrived == null || part == null || status / 100 == 2) {
        return null;
      }
      return new HttpAnswer(status, arrived, part);
    }

    /** Leaves nothing running, whichever way the exchange ended. */
    void end() {
      BodyWatch watching = watch;
      if (watching != null) {
        watching.stop();
      }
      BoundedBody arriving = body;
      if (arriving != null) {
        arriving.cutShort(CutShort.ABANDONED);
      }
    }

    @Nullable CutShort cut() {
      BoundedBody arriving = body;
      return arriving == null ? null : arriving.cut();
    }

    int size() {
      BoundedBody arriving = body;
      return arriving == null ? 0 : arriving.size();
    }

    Duration took() {
      return Duration.ofNanos(System.nanoTime() - sentAt);
    }
  }
}

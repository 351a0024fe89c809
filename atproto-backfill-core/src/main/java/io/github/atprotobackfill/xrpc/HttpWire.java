package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.xrpc.ArrivingBody.CutShort;
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
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final HttpLimits streamLimits;
  private final FirstByteLimit firstByte;
  private final String userAgent;
  private final boolean http2;
  private final XrpcListener listener;

  HttpWire(
      HttpResources resources,
      HttpLimits limits,
      HttpLimits streamLimits,
      FirstByteLimit firstByte,
      String userAgent,
      boolean http2,
      XrpcListener listener) {
    this.resources = resources;
    this.limits = limits;
    this.streamLimits = streamLimits;
    this.firstByte = firstByte;
    this.userAgent = userAgent;
    this.http2 = http2;
    this.listener = listener;
  }

  /** How long the exchange of a call may take. */
  HttpLimits limits(Call call) {
    return call.isStreamed() ? streamLimits : limits;
  }

  /**
   * Sends the request and waits for the answer, of any status: for all of it, or, when it is to be
   * handed on and is a success, for its headers. Such an answer must be closed.
   *
   * @param startedAt the {@code System.nanoTime()} from which the deadline counts
   * @throws XrpcException when there was no answer, or its body was not to be had; its status is 0
   *     exactly when no headers arrived
   */
  HttpAnswer get(Call call, long startedAt) throws InterruptedException {
    Exchange exchange = new Exchange(call, startedAt);
    boolean goesOn = false;
    try {
      HttpResponse<ArrivingBody> response =
          firstByte.send(
              resources.client(), request(call), exchange, exchange.limits.untilHeaders(startedAt));
      goesOn = response.body() instanceof StreamedBody;
      return new HttpAnswer(
          response.statusCode(), response.headers(), response.body(), exchange::end);
    } catch (IOException failed) {
      HttpAnswer error = exchange.brokenError();
      if (error != null) {
        return error;
      }
      throw failure(call, exchange, failed);
    } finally {
      if (!goesOn) {
        exchange.end();
      }
    }
  }

  /**
   * Hands the body of {@code answer} on.
   *
   * @param answer what {@link #get} gave
   */
  BodyStream stream(Call call, HttpAnswer answer) {
    if (!(answer.body() instanceof StreamedBody body)) {
      throw new IllegalStateException("a body that is held is not handed on");
    }
    return new BodyStream(
        call,
        answer.status(),
        answer.header("Content-Encoding").toLowerCase(Locale.ROOT),
        body,
        broken -> bodyFailure(call, answer.status(), body, broken));
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
    ArrivingBody body = exchange.body;
    return body == null
        ? noAnswer(call, exchange.limits, failed)
        : bodyFailure(call, exchange.status, body, failed);
  }

  private XrpcException bodyFailure(Call call, int status, ArrivingBody body, IOException failed) {
    CutShort cut = body.cut();
    if (cut != null) {
      return cutShort(call, status, body.received(), cut);
    }
    String detail = "cut after " + body.received() + " bytes of body: " + failed.getMessage();
    return call.failure(ErrorKind.CONNECT, detail, status, failed);
  }

  private XrpcException cutShort(Call call, int status, long size, CutShort cut) {
    HttpLimits kept = limits(call);
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
              "not finished within " + text(kept.deadline()) + ", after " + size + " bytes",
              status,
              null);
      case TOO_SLOW ->
          call.failure(
              ErrorKind.TOO_SLOW,
              "slower than " + kept.minBytesPerSecond() + " bytes/s, after " + size + " bytes",
              status,
              null);
      case ABANDONED ->
          call.failure(ErrorKind.CONNECT, "given up after " + size + " bytes", status, null);
    };
  }

  private static XrpcException noAnswer(Call call, HttpLimits kept, IOException failed) {
    if (failed instanceof HttpConnectTimeoutException) {
      return call.failure(ErrorKind.TIMEOUT, "no connection in time", 0, failed);
    }
    if (failed instanceof HttpTimeoutException) {
      String detail = "no answer within " + text(kept.firstByte());
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
  private final class Exchange implements BodyHandler<ArrivingBody> {

    private final Call call;
    private final HttpLimits limits;
    private final long startedAt;
    private final long sentAt = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();

    private volatile int status;
    private volatile @Nullable HttpHeaders headers;
    private volatile @Nullable ArrivingBody body;
    private volatile @Nullable BodyWatch watch;

    Exchange(Call call, long startedAt) {
      this.call = call;
      this.limits = limits(call);
      this.startedAt = startedAt;
    }

    @Override
    public BodySubscriber<ArrivingBody> apply(ResponseInfo answer) {
      ArrivingBody arriving = bodyOf(answer);
      status = answer.statusCode();
      headers = answer.headers();
      body = arriving;
      watch = new BodyWatch(arriving, limits, startedAt, resources.timer(), System::nanoTime);
      watch.start();
      return arriving;
    }

    private ArrivingBody bodyOf(ResponseInfo answer) {
      if (answer.statusCode() / 100 != 2) {
        return new BoundedBody(ErrorAnswer.MAX_BODY, announced(answer), true);
      }
      long most = mostOnTheWire(answer);
      return call.isStreamed()
          ? new StreamedBody(most, announced(answer), System::nanoTime)
          : new BoundedBody(
              (int) Math.min(most, XrpcClientBuilder.LARGEST_BODY), announced(answer), false);
    }

    private long mostOnTheWire(ResponseInfo answer) {
      boolean encoded = answer.headers().firstValue("Content-Encoding").isPresent();
      return encoded ? ContentDecoding.mostEncoded(call.maxBytes()) : call.maxBytes();
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
      ArrivingBody part = body;
      if (arrived == null || part == null || status / 100 == 2) {
        return null;
      }
      return new HttpAnswer(status, arrived, part, this::end);
    }

    /** Leaves nothing running, whichever way the exchange ended. */
    void end() {
      if (ended.compareAndSet(false, true)) {
        letGo();
        ArrivingBody arrived = body;
        long bytes = arrived == null ? 0 : arrived.received();
        Duration took = Duration.ofNanos(System.nanoTime() - sentAt);
        listener.exchange(call.service(), status, bytes, took);
      }
    }

    private void letGo() {
      BodyWatch watching = watch;
      if (watching != null) {
        watching.stop();
      }
      ArrivingBody arriving = body;
      if (arriving != null) {
        arriving.cutShort(CutShort.ABANDONED);
      }
    }
  }
}

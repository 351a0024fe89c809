package io.github.atprotobackfill.xrpc;

import java.time.Duration;

/** Is told of every exchange. Must be fast and thread-safe; exceptions are logged and dropped. */
@FunctionalInterface
public interface XrpcListener {

  /** Does nothing. */
  XrpcListener NONE = (service, status, bytes, took) -> {};

  /**
   * An exchange ended.
   *
   * @param service the host asked
   * @param status the HTTP status, or 0 when there was no answer
   * @param bytes body bytes received, as on the wire
   * @param took from sending to the last byte; to the reader's end, when the body was handed on
   */
  void exchange(ServiceUrl service, int status, long bytes, Duration took);
}

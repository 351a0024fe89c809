package io.github.atprotobackfill.xrpc;

import java.net.http.HttpHeaders;

/**
 * What a host answered to one request, whatever the status.
 *
 * @param status the HTTP status
 * @param headers the headers
 * @param body the bytes that arrived, or are yet to arrive, still encoded; of an error, perhaps
 *     only the first of them
 * @param end ends the exchange; when the body is held, it is ended already
 */
record HttpAnswer(int status, HttpHeaders headers, ArrivingBody body, Runnable end)
    implements AutoCloseable {

  boolean isSuccess() {
    return status / 100 == 2;
  }

  boolean isRedirect() {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  String header(String name) {
    return headers.firstValue(name).orElse("").strip();
  }

  /**
   * The body, decoded, of an answer that is held.
   *
   * @throws XrpcException when it is larger than {@code maxBytes} or cannot be decoded
   */
  byte[] decoded(Call call, int maxBytes) {
    if (!(body instanceof BoundedBody whole)) {
      throw new IllegalStateException("a body that is handed on is not held");
    }
    // In this order: the array may yet be replaced by a longer one, never by a shorter.
    int size = whole.size();
    byte[] bytes = whole.bytes();
    return new ContentDecoding(call, status, header("Content-Encoding"), maxBytes)
        .decode(bytes, size);
  }

  /** Ends the exchange, and its connection unless all of the body has arrived. */
  @Override
  public void close() {
    end.run();
  }
}

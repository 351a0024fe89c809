package io.github.atprotobackfill.xrpc;

import java.net.http.HttpHeaders;

/**
 * What a host answered to one request, whatever the status.
 *
 * @param status the HTTP status
 * @param headers the headers
 * @param body the bytes that arrived, still encoded; of an error, perhaps only the first of them
 */
record HttpAnswer(int status, HttpHeaders headers, BoundedBody body) {

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
   * The body, decoded.
   *
   * @throws XrpcException when it is larger than {@code maxBytes} or cannot be decoded
   */
  byte[] decoded(Call call, int maxBytes) {
    // In this order: the array may yet be replaced by a longer one, never by a shorter.
    int size = body.size();
    byte[] bytes = body.bytes();
    return new ContentDecoding(call, status, header("Content-Encoding"), maxBytes)
        .decode(bytes, size);
  }
}

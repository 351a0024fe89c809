package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.xrpc.ContentDecoding.TooLargeException;
import io.github.atprotobackfill.xrpc.ContentDecoding.UnknownEncodingException;
import java.io.EOFException;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.Locale;

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

  /** The body of a successful answer; throws {@link XrpcException} when it cannot be decoded. */
  byte[] decodedFor(Call call) {
    try {
      return decoded(call.maxBytes());
    } catch (TooLargeException large) {
      String detail = "the answer unpacks to more than " + call.maxBytes() + " bytes";
      throw call.failure(ErrorKind.RESPONSE_TOO_LARGE, detail, status, large);
    } catch (EOFException early) {
      String detail = "the answer ends in the middle, after " + body.size() + " packed bytes";
      throw call.failure(ErrorKind.CONNECT, detail, status, early);
    } catch (UnknownEncodingException unasked) {
      throw call.failure(ErrorKind.INVALID_RESPONSE, unasked.getMessage(), status, unasked);
    } catch (IOException notGzip) {
      String detail = "the answer is not the gzip it is said to be: " + notGzip.getMessage();
      throw call.failure(ErrorKind.INVALID_RESPONSE, detail, status, notGzip);
    }
  }

  /** The body of an error, as far as it can be decoded; empty when it cannot. */
  byte[] decodedLeniently(int maxBytes) {
    try {
      return decoded(maxBytes);
    } catch (IOException undecodable) {
      return new byte[0];
    }
  }

  private byte[] decoded(int maxBytes) throws IOException {
    String encoding = header("Content-Encoding").toLowerCase(Locale.ROOT);
    // In this order: the array may yet be replaced by a longer one, never by a shorter.
    int size = body.size();
    return ContentDecoding.decode(body.bytes(), size, encoding, maxBytes);
  }
}

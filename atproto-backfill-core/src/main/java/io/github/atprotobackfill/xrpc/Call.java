package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of whom, and how failures name it.
 *
 * @param service the host asked
 * @param what the method, or the path of a document, as messages name it
 * @param pathAndQuery what follows the authority in the URI
 * @param maxBytes the cap on the body, compressed and decompressed
 * @param isQuery whether this is an XRPC query, which a host may redirect, and not a document
 */
record Call(ServiceUrl service, String what, String pathAndQuery, int maxBytes, boolean isQuery) {

  private static final int MAX_WHAT = 120;

  static Call query(ServiceUrl service, Nsid method, XrpcParams params, int maxBytes) {
    String query = params.query();
    String path = "/xrpc/" + method + (query.isEmpty() ? "" : "?" + query);
    return new Call(service, method.value(), path, maxBytes, true);
  }

  static Call document(URI uri, int maxBytes) {
    ServiceUrl service = ServiceUrl.of(uri);
    String path = pathAndQuery(uri);
    String what = path.length() <= MAX_WHAT ? path : path.substring(0, MAX_WHAT) + "…";
    return new Call(service, what, path, maxBytes, false);
  }

  /** The same call at the place that a redirect names. */
  Call at(URI uri) {
    return new Call(ServiceUrl.of(uri), what, pathAndQuery(uri), maxBytes, isQuery);
  }

  private static String pathAndQuery(URI uri) {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  URI uri() {
    return service.resolve(pathAndQuery);
  }

  XrpcException failure(ErrorKind kind, String detail, int status, @Nullable Throwable cause) {
    return new XrpcException(kind, message(detail), status, null, null, cause);
  }

  XrpcException failure(
      ErrorKind kind,
      String detail,
      int status,
      @Nullable String error,
      @Nullable Duration retryAfter) {
    return new XrpcException(kind, message(detail), status, error, retryAfter, null);
  }

  private String message(String detail) {
    return service.authority() + " " + what + ": " + detail;
  }
}

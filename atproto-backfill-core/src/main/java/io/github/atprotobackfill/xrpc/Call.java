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
 * @param form what kind of answer is awaited
 */
record Call(ServiceUrl service, String what, String pathAndQuery, long maxBytes, Form form) {

  static final Nsid GET_REPO = Nsid.parse("com.atproto.sync.getRepo");

  private static final int MAX_WHAT = 120;

  /** What is done with an answer. */
  enum Form {
    /** Of an XRPC query, which a host may redirect; held in memory. */
    QUERY,
    /** Of an XRPC query, handed on as it arrives. */
    STREAM,
    /** Not of XRPC; held in memory, and not to be redirected. */
    DOCUMENT
  }

  static Call query(ServiceUrl service, Nsid method, XrpcParams params, int maxBytes) {
    return xrpc(service, method, params, maxBytes, Form.QUERY);
  }

  static Call stream(ServiceUrl service, Nsid method, XrpcParams params, long maxBytes) {
    return xrpc(service, method, params, maxBytes, Form.STREAM);
  }

  private static Call xrpc(
      ServiceUrl service, Nsid method, XrpcParams params, long maxBytes, Form form) {
    String query = params.query();
    String path = "/xrpc/" + method + (query.isEmpty() ? "" : "?" + query);
    return new Call(service, method.value(), path, maxBytes, form);
  }

  static Call document(URI uri, int maxBytes) {
    ServiceUrl service = ServiceUrl.of(uri);
    String path = pathAndQuery(uri);
    String what = path.length() <= MAX_WHAT ? path : path.substring(0, MAX_WHAT) + "…";
    return new Call(service, what, path, maxBytes, Form.DOCUMENT);
  }

  /** The same call at the place that a redirect names. */
  Call at(URI uri) {
    return new Call(ServiceUrl.of(uri), what, pathAndQuery(uri), maxBytes, form);
  }

  boolean isQuery() {
    return form != Form.DOCUMENT;
  }

  boolean isStreamed() {
    return form == Form.STREAM;
  }

  /** Whether a whole repo is asked for, of which hosts allow so many and no more. */
  boolean isExport() {
    return isQuery() && what.equals(GET_REPO.value());
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

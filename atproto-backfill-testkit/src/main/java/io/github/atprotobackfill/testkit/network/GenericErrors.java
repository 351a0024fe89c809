package io.github.atprotobackfill.testkit.network;

/** The names of errors that have no better one (protocol: XRPC error responses). */
final class GenericErrors {

  private GenericErrors() {}

  static String name(int status) {
    return switch (status) {
      case 400 -> "InvalidRequest";
      case 401 -> "AuthenticationRequired";
      case 403 -> "Forbidden";
      case 404 -> "XRPCNotSupported";
      case 406 -> "NotAcceptable";
      case 413 -> "PayloadTooLarge";
      case 415 -> "UnsupportedMediaType";
      case 429 -> "RateLimitExceeded";
      case 501 -> "MethodNotImplemented";
      case 502 -> "UpstreamFailure";
      case 503 -> "NotEnoughResources";
      case 504 -> "UpstreamTimeout";
      default -> status >= 500 ? "InternalServerError" : "InvalidRequest";
    };
  }

  /** What a server says of a method that it does not offer. */
  static HttpAnswer unsupported(int status, String method) {
    return switch (status) {
      case 400 -> HttpAnswer.error(400, "InvalidRequest", "No service configured for " + method);
      case 404 -> HttpAnswer.error(404, "NotFound", "Not Found");
      default -> HttpAnswer.error(status, name(status), "Method Not Implemented");
    };
  }
}

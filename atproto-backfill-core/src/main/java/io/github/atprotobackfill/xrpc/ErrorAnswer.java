package io.github.atprotobackfill.xrpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.atprotobackfill.failure.ErrorKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What an answer other than 2xx says: {@code {"error":"Name","message":"text"}} (AT Protocol, HTTP
 * API, error responses). The body may be empty, HTML, or cut in two; then only the status counts.
 *
 * @param status the HTTP status
 * @param name the machine name of the error; null when the host gave none
 * @param message the host's own words, bounded; null when it gave none
 */
record ErrorAnswer(int status, @Nullable String name, @Nullable String message) {

  private static final JsonFactory JSON = new JsonFactory();

  /** How much of an error's body is read: enough for any name and message. */
  static final int MAX_BODY = 64 * 1024;

  private static final int MAX_NAME = 100;
  private static final int MAX_MESSAGE = 300;

  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int NOT_IMPLEMENTED = 501;

  /** The reference PDS says this, with 400, of endpoints that it does not serve. */
  /** What routers call a path that nobody serves; what is said of a repo has a longer name. */
  private static final String ROUTER_NOT_FOUND = "NotFound";

  private static final String NO_SERVICE = "No service configured for ";

  /** What an answer other than 2xx says. */
  static ErrorAnswer of(Call call, HttpAnswer answer) {
    try {
      return parse(answer.status(), answer.decoded(call, MAX_BODY));
    } catch (XrpcException undecodable) {
      return new ErrorAnswer(answer.status(), null, null);
    }
  }

  /** Reads as much as can be read of {@code body}, which is decoded. */
  static ErrorAnswer parse(int status, byte[] body) {
    String name = null;
    String message = null;
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return new ErrorAnswer(status, null, null);
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        boolean isText = json.nextToken() == JsonToken.VALUE_STRING;
        if (isText && field.equals("error")) {
          name = shown(json.getText(), MAX_NAME);
        } else if (isText && field.equals("message")) {
          message = shown(json.getText(), MAX_MESSAGE);
        }
        json.skipChildren();
      }
    } catch (IOException notJson) {
      // What was read before the break is as good as it gets.
      return new ErrorAnswer(status, name, message);
    }
    return new ErrorAnswer(status, name, message);
  }

  private static String shown(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  boolean isRateLimit() {
    return status == TOO_MANY_REQUESTS || "RateLimitExceeded".equals(name);
  }

  /**
   * The name first, since servers give one condition different statuses; then the status.
   *
   * @param ofQuery whether an XRPC query was answered, so that a bare 404 is about the endpoint
   */
  ErrorKind kind(boolean ofQuery) {
    if (isRateLimit()) {
      return ErrorKind.RATE_LIMITED;
    }
    if ("RepoNotFound".equals(name)) {
      return ErrorKind.REPO_NOT_FOUND;
    }
    if (ofQuery && isNotSupported()) {
      return ErrorKind.NOT_SUPPORTED;
    }
    if (status >= 500) {
      return ErrorKind.SERVER_ERROR;
    }
    return status >= 400 ? ErrorKind.REFUSED : ErrorKind.INVALID_RESPONSE;
  }

  private boolean isNotSupported() {
    return status == NOT_IMPLEMENTED
        || (status == NOT_FOUND && (name == null || name.equals(ROUTER_NOT_FOUND)))
        || "MethodNotImplemented".equals(name)
        || "XRPCNotSupported".equals(name)
        || (message != null && message.startsWith(NO_SERVICE));
  }

  /** The status, the name and the words, as one line of a message. */
  String line() {
    return "HTTP "
        + status
        + (name == null ? "" : " " + name)
        + (message == null ? "" : ": " + message);
  }
}

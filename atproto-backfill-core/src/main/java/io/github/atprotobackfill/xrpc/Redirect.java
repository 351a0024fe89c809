package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a redirect leads. A relay answers {@code getRepo} with one; elsewhere they are rare, and a
 * DID document must not be fetched through one (AT Protocol, DID resolution).
 */
final class Redirect {

  private static final int LONGEST_LOCATION = 8192;

  private Redirect() {}

  /**
   * The same call at the place that the answer names. Whether that place may be asked is for the
   * address guard to say.
   *
   * @throws XrpcException when it names none, steps down from https to http, or was not to be
   *     followed
   */
  static Call follow(Call call, HttpAnswer redirect) {
    if (!call.isQuery()) {
      throw refused(call, redirect, "redirects are not followed here", null);
    }
    Call next = next(call, redirect);
    if (call.service().isHttps() && !next.service().isHttps()) {
      String detail = "redirected from https to http at " + next.service().authority();
      throw call.failure(ErrorKind.BLOCKED_ADDRESS, detail, redirect.status(), null);
    }
    return next;
  }

  private static Call next(Call call, HttpAnswer redirect) {
    String location = redirect.header("Location");
    if (location.isEmpty() || location.length() > LONGEST_LOCATION) {
      throw refused(call, redirect, "a redirect without a usable Location", null);
    }
    try {
      return call.at(call.uri().resolve(URI.create(location)));
    } catch (IllegalArgumentException | InvalidSyntaxException malformed) {
      throw refused(call, redirect, "a redirect to a malformed URL", malformed);
    }
  }

  private static XrpcException refused(
      Call call, HttpAnswer redirect, String why, @Nullable Throwable cause) {
    String detail = "HTTP " + redirect.status() + ": " + why;
    return call.failure(ErrorKind.INVALID_RESPONSE, detail, redirect.status(), cause);
  }
}

package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call to a host did not give the answer asked for.
 *
 * <p>The message names host and method. {@link #kind()} says what happened; where the host named
 * the error itself, {@link #error()} is that name, which counts before the HTTP status.
 */
public final class XrpcException extends BackfillException {

  private static final long serialVersionUID = 1L;
  private static final int HTTP_OK = 200;

  private final int status;
  private final @Nullable String error;
  private final @Nullable Duration retryAfter;

  public XrpcException(
      ErrorKind kind,
      String message,
      int status,
      @Nullable String error,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(kind, message, cause);
    this.status = status;
    this.error = error;
    this.retryAfter = retryAfter;
  }

  /**
   * A successful answer that is not what the protocol says it is.
   *
   * @param service who answered
   * @param method what was asked
   * @param what what is wrong with the answer
   */
  public static XrpcException invalidResponse(
      ServiceUrl service, Nsid method, String what, @Nullable Throwable cause) {
    String message = service.authority() + " " + method + ": " + what;
    return new XrpcException(ErrorKind.INVALID_RESPONSE, message, HTTP_OK, null, null, cause);
  }

  /** The HTTP status, or 0 when there was no answer. */
  public int status() {
    return status;
  }

  /** The {@code error} name in the body, for example {@code RepoNotFound}. */
  public Optional<String> error() {
    return Optional.ofNullable(error);
  }

  /** How long the host asked us to wait, bounded by {@link HostPolicy#MAX_PARK}. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}

package io.github.atprotobackfill.redis.stream;

import org.jspecify.annotations.Nullable;

/** An entry of an event stream is not what the roles agreed on; its message says why. */
final class InvalidStreamEventException extends Exception {

  private static final long serialVersionUID = 1L;

  InvalidStreamEventException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  InvalidStreamEventException(String message) {
    this(message, null);
  }
}

package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;

/** A sink that says it can tell what it holds did not. */
final class HeldUnreadableException extends BackfillException {

  private static final long serialVersionUID = 1L;

  HeldUnreadableException(String message, Exception cause) {
    super(ErrorKind.SINK, message + ": " + cause, cause);
  }
}

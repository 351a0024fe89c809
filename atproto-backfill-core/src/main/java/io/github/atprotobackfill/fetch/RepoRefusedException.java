package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import org.jspecify.annotations.Nullable;

/** A repo is malformed, not the one that was asked for, or not to be taken. */
final class RepoRefusedException extends BackfillException {

  private static final long serialVersionUID = 1L;

  RepoRefusedException(ErrorKind kind, String message, @Nullable Throwable cause) {
    super(kind, message, cause);
  }
}

package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;

/** A repo that is well-formed is not the one that was asked for, or not to be taken. */
final class RepoRefusedException extends BackfillException {

  private static final long serialVersionUID = 1L;

  RepoRefusedException(ErrorKind kind, String message) {
    super(kind, message, null);
  }
}

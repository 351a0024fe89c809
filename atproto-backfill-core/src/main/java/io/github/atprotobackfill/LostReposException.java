package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;

/** What was to be listed is no longer in the stores. */
final class LostReposException extends BackfillException {

  private static final long serialVersionUID = 1L;

  LostReposException(String message) {
    super(ErrorKind.INTERNAL, message, null);
  }
}

package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import org.jspecify.annotations.Nullable;

/** A store could not do what it was asked; nothing of that call stands. */
public final class StoreException extends BackfillException {

  private static final long serialVersionUID = 1L;

  public StoreException(String message, @Nullable Throwable cause) {
    super(ErrorKind.INTERNAL, message, cause);
  }
}

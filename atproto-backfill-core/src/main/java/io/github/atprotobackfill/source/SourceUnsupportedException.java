package io.github.atprotobackfill.source;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import org.jspecify.annotations.Nullable;

/** A service does not offer the listing that was asked of it: never an empty success. */
public final class SourceUnsupportedException extends BackfillException {

  private static final long serialVersionUID = 1L;

  public SourceUnsupportedException(String message, @Nullable Throwable cause) {
    super(ErrorKind.NOT_SUPPORTED, message, cause);
  }
}

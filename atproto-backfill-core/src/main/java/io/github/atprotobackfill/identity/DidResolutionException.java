package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * A DID or handle leads nowhere. The kind is {@code DID_NOT_FOUND}, {@code DID_TOMBSTONED}, {@code
 * DID_UNSUPPORTED} or {@code DID_DOCUMENT_INVALID}; any other kind means that the directory could
 * not be reached, and why.
 */
public final class DidResolutionException extends BackfillException {

  private static final long serialVersionUID = 1L;

  public DidResolutionException(ErrorKind kind, String message, @Nullable Throwable cause) {
    super(kind, message, cause);
  }
}

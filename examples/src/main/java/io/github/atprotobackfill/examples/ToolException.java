package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import org.jspecify.annotations.Nullable;

/** The tool cannot do what it was asked, for a reason that one line can say. */
final class ToolException extends BackfillException {

  private static final long serialVersionUID = 1L;

  ToolException(String message, @Nullable Throwable cause) {
    super(ErrorKind.REFUSED, message, cause);
  }
}

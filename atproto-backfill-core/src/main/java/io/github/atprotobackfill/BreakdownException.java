package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.Failure;

/** A run cannot go on: its stores or its sink stayed away for longer than its patience. */
final class BreakdownException extends BackfillException {

  private static final long serialVersionUID = 1L;

  BreakdownException(Failure failure, Throwable cause) {
    super(failure.kind(), failure.message(), cause);
  }
}

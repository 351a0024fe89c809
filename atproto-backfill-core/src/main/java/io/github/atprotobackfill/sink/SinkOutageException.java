package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;

/** The sink refuses everything, so that it is the sink that is wrong, not the records. */
public final class SinkOutageException extends BackfillException {

  private static final long serialVersionUID = 1L;

  public SinkOutageException(Throwable cause) {
    super(ErrorKind.SINK, "the sink fails whatever it is given: " + cause, cause);
  }
}

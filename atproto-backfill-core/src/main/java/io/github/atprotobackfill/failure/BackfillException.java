package io.github.atprotobackfill.failure;

import org.jspecify.annotations.Nullable;

/**
 * The unchecked root of every exception that this library throws; each says of which kind it is.
 */
public abstract class BackfillException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ErrorKind kind;

  protected BackfillException(ErrorKind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The kind of this failure, as it is counted and stored. */
  public final ErrorKind kind() {
    return kind;
  }
}

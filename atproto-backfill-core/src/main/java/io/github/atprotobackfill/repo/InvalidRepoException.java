package io.github.atprotobackfill.repo;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * A repository, or a part of one, is not what the protocol says. The {@linkplain #kind() kind}
 * tells what to do about it: {@link ErrorKind#INVALID_CAR} for bytes that are malformed or break a
 * rule or a declared limit, {@link ErrorKind#INCOMPLETE_REPO} for blocks that are missing, {@link
 * ErrorKind#BAD_SIGNATURE} for a commit that its account's key did not sign.
 */
public final class InvalidRepoException extends BackfillException {

  private static final long serialVersionUID = 1L;

  private InvalidRepoException(ErrorKind kind, String message, @Nullable Throwable cause) {
    super(kind, message, cause);
  }

  static InvalidRepoException malformed(String message) {
    return new InvalidRepoException(ErrorKind.INVALID_CAR, message, null);
  }

  static InvalidRepoException malformed(String message, Throwable cause) {
    return new InvalidRepoException(ErrorKind.INVALID_CAR, message, cause);
  }

  static InvalidRepoException incomplete(String message) {
    return new InvalidRepoException(ErrorKind.INCOMPLETE_REPO, message, null);
  }

  static InvalidRepoException unsigned(String message) {
    return new InvalidRepoException(ErrorKind.BAD_SIGNATURE, message, null);
  }
}

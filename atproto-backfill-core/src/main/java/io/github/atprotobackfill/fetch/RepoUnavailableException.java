package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;

/** A host says that it has no such repo, or that the account is not active there. */
public final class RepoUnavailableException extends BackfillException {

  private static final long serialVersionUID = 1L;

  private final RepoStatus status;

  public RepoUnavailableException(RepoStatus status, String message) {
    super(ErrorKind.REPO_NOT_FOUND, message, null);
    this.status = status;
  }

  /** What the host says of the account. */
  public RepoStatus status() {
    return status;
  }
}

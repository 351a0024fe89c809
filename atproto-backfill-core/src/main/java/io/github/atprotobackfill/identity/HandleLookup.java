package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.util.Optional;

/** One place where the DID of a handle is published. */
interface HandleLookup {

  /**
   * The DID published here for {@code handle}, or empty when there is none.
   *
   * @throws DidResolutionException of kind {@code DID_NOT_FOUND} when what is published contradicts
   *     itself, so that no other place may be asked; of any other kind when this place could not be
   *     reached
   */
  Optional<Did> find(Handle handle) throws InterruptedException;

  /** Whether {@code e} is a host's plain answer that it knows no such handle. */
  static boolean isNo(XrpcException e) {
    return e.kind() == ErrorKind.NOT_SUPPORTED || (e.status() / 100 == 4 && !e.kind().retryable());
  }
}

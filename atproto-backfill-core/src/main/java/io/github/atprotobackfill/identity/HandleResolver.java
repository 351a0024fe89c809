package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;

/** Finds the account behind a handle. Implementations are thread-safe. */
@FunctionalInterface
public interface HandleResolver {

  /**
   * The DID that {@code handle} leads to and whose document claims the handle.
   *
   * @throws DidResolutionException when there is none
   */
  Did resolve(Handle handle) throws InterruptedException;
}

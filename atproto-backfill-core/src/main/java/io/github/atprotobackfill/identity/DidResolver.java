package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.Did;

/** Finds the document of a DID. Implementations are thread-safe. */
public interface DidResolver {

  /**
   * The document of {@code did}.
   *
   * @throws DidResolutionException when there is none to be had; its kind says which of the five
   *     cases it is: not found, tombstoned, unsupported, malformed, or unreachable
   */
  DidDocument resolve(Did did) throws InterruptedException;

  /** Forgets what is cached of {@code did}, so that the next call asks again. */
  default void invalidate(Did did) {}
}

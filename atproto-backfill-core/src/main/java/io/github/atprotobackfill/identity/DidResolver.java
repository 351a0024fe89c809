package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.Did;

/**
 * Finds the document of a DID. Implementations are thread-safe; {@link DidResolvers} has those that
 * the library brings.
 */
@FunctionalInterface
public interface DidResolver {

  /**
   * The document of {@code did}.
   *
   * @throws DidResolutionException when there is none to be had; its kind says which of the five
   *     cases it is: not found, tombstoned, unsupported, malformed, or unreachable
   */
  DidDocument resolve(Did did) throws InterruptedException;

  /**
   * Forgets what is cached of {@code did}, failures included, so that the next call asks again. To
   * be called by who has a reason to doubt the answer: the host no longer knows the account, or a
   * signature does not verify.
   */
  default void invalidate(Did did) {}
}

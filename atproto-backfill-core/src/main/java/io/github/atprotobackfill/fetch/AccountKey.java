package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.repo.RepoKey;

/** Tells the key that signs an account's commits, as its DID document names it. */
@FunctionalInterface
public interface AccountKey {

  /**
   * The key.
   *
   * @param afresh whether the DID is to be resolved anew, because a signature did not verify: keys
   *     are rotated, and documents are cached (protocol 3.6)
   * @throws io.github.atprotobackfill.failure.BackfillException when the DID cannot be resolved, or
   *     its document names no usable key
   */
  RepoKey get(boolean afresh) throws InterruptedException;
}

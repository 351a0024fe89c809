package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.Did;
import java.util.List;

/** Turns a list of DIDs and handles, as a person gives it, into DIDs: all of them or none. */
public final class RepoNames {

  /** Resolves handles through {@code handles}. */
  public RepoNames(HandleResolver handles) {
    throw new UnsupportedOperationException("" + handles);
  }

  /**
   * The DIDs of {@code names}, each once, in the order given.
   *
   * @throws BadRepoNamesException naming every entry that is neither a DID nor a handle that leads
   *     to one; also when the list is empty or holds only blanks
   */
  public List<Did> resolve(List<String> names) throws InterruptedException {
    throw new UnsupportedOperationException("" + names);
  }
}

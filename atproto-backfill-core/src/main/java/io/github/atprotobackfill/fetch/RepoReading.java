package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.syntax.Nsid;

/**
 * One repo being read, turn by turn. Used by one thread at a time.
 *
 * <p>A turn is at most one exchange with the host, so that whoever drives it may let other repos of
 * the same host have theirs in between, and may write one page while the next is under way.
 */
public interface RepoReading extends AutoCloseable {

  /**
   * Takes the next turn; after {@link FetchTurn.Finished} or {@link FetchTurn.Unchanged} there is
   * none. When a turn throws, the same turn may be taken again.
   *
   * @throws RepoUnavailableException when the host says that the account is not active or not there
   * @throws io.github.atprotobackfill.repo.InvalidRepoException when the repo is not what the
   *     protocol says
   * @throws io.github.atprotobackfill.xrpc.XrpcException when the exchange failed
   */
  FetchTurn turn() throws InterruptedException;

  /** What the next turn asks the host for: some methods have a budget of their own. */
  default Nsid method() {
    return HostRepo.LIST_RECORDS;
  }

  /** Whether the next turn needs no host, because what it gives is at hand already. */
  default boolean atHand() {
    return false;
  }

  /** Lets go of what is at hand. */
  @Override
  default void close() {}
}

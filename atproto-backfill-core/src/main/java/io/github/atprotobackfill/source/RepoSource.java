package io.github.atprotobackfill.source;

import org.jspecify.annotations.Nullable;

/**
 * A place to learn of repos from, page by page, resumable from any cursor it ever gave.
 * Implementations are thread-safe and keep no state between calls.
 */
public interface RepoSource {

  /**
   * A name that stays the same between processes; the cursor is stored under it. For sources that
   * other sources lead to, it is also all that is needed to build the source again (see {@link
   * RepoSources}).
   */
  String id();

  /**
   * The page at {@code cursor}, or the first page.
   *
   * @throws SourceUnsupportedException when the service does not offer this listing at all
   * @throws io.github.atprotobackfill.xrpc.XrpcException when the page could not be had
   */
  RepoPage page(@Nullable String cursor) throws InterruptedException;
}

package io.github.atprotobackfill.source;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import org.jspecify.annotations.Nullable;

/**
 * A repo as a source tells of it.
 *
 * @param did the account
 * @param pds its host, where the source is the host itself
 * @param rev its rev, where the source told it
 * @param status what the source said of an account that is not active, for example {@code
 *     deactivated}; null for an active account and where nothing was said
 */
public record RepoRef(
    Did did, @Nullable ServiceUrl pds, @Nullable Tid rev, @Nullable String status) {

  /** A repo of which only the DID is known. */
  public static RepoRef of(Did did) {
    return new RepoRef(did, null, null, null);
  }
}

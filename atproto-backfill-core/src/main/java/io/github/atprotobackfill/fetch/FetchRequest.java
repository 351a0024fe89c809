package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to read of one repo.
 *
 * @param did the account
 * @param pds its host
 * @param collections the collections wanted; empty for all there are
 * @param heldRev the rev that is already held for these collections: reading ends at once when the
 *     repo still has it
 * @param position where an earlier reading stopped, as {@link FetchTurn.Page#position()} gave it
 */
public record FetchRequest(
    Did did,
    ServiceUrl pds,
    Set<Nsid> collections,
    @Nullable Tid heldRev,
    @Nullable String position) {

  public FetchRequest {
    collections = Set.copyOf(collections);
  }
}

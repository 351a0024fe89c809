package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is held of a repo after its last complete reading.
 *
 * @param did the account
 * @param pds the host it was read from, which its DID document named then
 * @param rev the rev as of which it is held; null when only its status is known
 * @param collections the collections that are held; empty for all
 * @param status {@code active}, or the protocol's word for why it is not
 * @param verifiedAt when this was last found to be so
 */
public record HeldRepo(
    Did did,
    ServiceUrl pds,
    @Nullable Tid rev,
    Set<Nsid> collections,
    String status,
    Instant verifiedAt) {

  /** The status of an account that can be read. */
  public static final String ACTIVE = "active";

  public HeldRepo {
    collections = Set.copyOf(collections);
  }

  /** Whether all of {@code wanted} (empty for every collection) is among what is held. */
  public boolean covers(Set<Nsid> wanted) {
    return collections.isEmpty() || (!wanted.isEmpty() && collections.containsAll(wanted));
  }
}

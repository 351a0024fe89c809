package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to read of one repo, and what is known of it.
 *
 * @param did the account
 * @param pds its host
 * @param collections the collections wanted; empty for all there are
 * @param held what is held of it already
 * @param position where an earlier reading stopped, as {@link FetchTurn.Page#position()} gave it
 * @param key who tells the key that signs the account's commits
 * @param snapshot whether all keys of the repo are wanted at the end
 * @param clock by which a rev is found to be in the future; null for the fetcher's own
 */
public record FetchRequest(
    Did did,
    ServiceUrl pds,
    Set<Nsid> collections,
    Held held,
    @Nullable String position,
    AccountKey key,
    boolean snapshot,
    @Nullable InstantSource clock) {

  /**
   * What is held of a repo before it is read.
   *
   * @param unchangedAt the rev that is held for all wanted collections: reading ends at once when
   *     the repo still has it; null when it is known to have another, or nothing is held
   * @param notBefore the newest rev ever read of the repo: an older one is a stale copy
   * @param records what the sink holds, to be given no more than the difference; null to be given
   *     everything
   */
  public record Held(
      @Nullable Tid unchangedAt, @Nullable Tid notBefore, @Nullable HeldRecords records) {

    /** Nothing is known to be held. */
    public static final Held NOTHING = new Held(null, null, null);
  }

  public FetchRequest {
    collections = Set.copyOf(collections);
  }

  /** A request for all of a repo of which nothing is held. */
  public static FetchRequest of(Did did, ServiceUrl pds, AccountKey key) {
    return new FetchRequest(did, pds, Set.of(), Held.NOTHING, null, key, false, null);
  }

  /** This request for these collections; for all of them where there is none. */
  public FetchRequest withCollections(Set<Nsid> wanted) {
    return new FetchRequest(did, pds, wanted, held, position, key, snapshot, clock);
  }

  /** This request with what is held. */
  public FetchRequest withHeld(Held known) {
    return new FetchRequest(did, pds, collections, known, position, key, snapshot, clock);
  }

  /** This request, going on at a position. */
  public FetchRequest withPosition(@Nullable String from) {
    return new FetchRequest(did, pds, collections, held, from, key, snapshot, clock);
  }

  /** This request with all keys wanted at the end. */
  public FetchRequest withSnapshot() {
    return new FetchRequest(did, pds, collections, held, position, key, true, clock);
  }

  /** This request, with this clock. */
  public FetchRequest withClock(InstantSource time) {
    return new FetchRequest(did, pds, collections, held, position, key, snapshot, time);
  }
}

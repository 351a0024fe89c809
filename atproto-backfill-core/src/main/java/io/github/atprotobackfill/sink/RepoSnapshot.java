package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.Optional;
import java.util.Set;

/**
 * All that a repo holds of the collections in scope, after it was read to its end. Valid during
 * {@link RecordSink#complete}; for one thread.
 */
public interface RepoSnapshot {

  /** The account whose repo it is. */
  Did did();

  /** The repo's rev as of which this is all. A record that is held under a newer rev may stand. */
  Tid rev();

  /** The repo's commit at {@link #rev()}, if whoever read it knows. */
  default Optional<Cid> commit() {
    return Optional.empty();
  }

  /** The collections in scope: of others the snapshot tells nothing. Empty when all are. */
  Set<Nsid> collections();

  /** How far it is proven that these are all the keys: signed, or the host's word. */
  Proof proof();

  /**
   * Goes through all keys; may be called several times. The keys of one collection come together
   * and in bytewise order; in which order the collections come is not promised. However many keys
   * there are, no more than a few of them are in memory.
   */
  void forEachKey(KeyVisitor visitor) throws Exception;

  /** Takes the keys of a snapshot. */
  @FunctionalInterface
  interface KeyVisitor {

    /** A record stands in the repo, with this CID. */
    void key(Nsid collection, RecordKey rkey, Cid cid) throws Exception;
  }
}

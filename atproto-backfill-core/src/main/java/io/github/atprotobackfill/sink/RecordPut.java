package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;

/**
 * A record stands in its repo.
 *
 * @param did the account
 * @param collection the collection
 * @param rkey the record key
 * @param cid the hash of the record's block; {@code proof} tells who says so
 * @param rev the repo's rev as of which the record stands
 * @param value the record itself
 * @param proof how far it is proven that the account published it
 */
public record RecordPut(
    Did did, Nsid collection, RecordKey rkey, Cid cid, Tid rev, RecordValue value, Proof proof)
    implements RecordEvent {

  /** A record that is taken on its host's word. */
  public RecordPut(Did did, Nsid collection, RecordKey rkey, Cid cid, Tid rev, RecordValue value) {
    this(did, collection, rkey, cid, rev, value, Proof.NONE);
  }

  /** The same record, proven so far. */
  public RecordPut withProof(Proof proven) {
    return new RecordPut(did, collection, rkey, cid, rev, value, proven);
  }
}

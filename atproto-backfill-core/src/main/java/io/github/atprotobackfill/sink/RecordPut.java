package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import org.jspecify.annotations.Nullable;

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
 * @param commit the repo's commit at {@code rev}, of which the record is part; null where whoever
 *     read it does not know
 */
public record RecordPut(
    Did did,
    Nsid collection,
    RecordKey rkey,
    Cid cid,
    Tid rev,
    RecordValue value,
    Proof proof,
    @Nullable Cid commit)
    implements RecordEvent {

  /** A record of a commit that is not known. */
  public RecordPut(
      Did did, Nsid collection, RecordKey rkey, Cid cid, Tid rev, RecordValue value, Proof proof) {
    this(did, collection, rkey, cid, rev, value, proof, null);
  }

  /** A record that is taken on its host's word. */
  public RecordPut(Did did, Nsid collection, RecordKey rkey, Cid cid, Tid rev, RecordValue value) {
    this(did, collection, rkey, cid, rev, value, Proof.NONE);
  }

  /** The same record, proven so far. */
  public RecordPut withProof(Proof proven) {
    return new RecordPut(did, collection, rkey, cid, rev, value, proven, commit);
  }

  /** The same record, as part of this commit. */
  public RecordPut withCommit(@Nullable Cid part) {
    return new RecordPut(did, collection, rkey, cid, rev, value, proof, part);
  }
}

package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;

/**
 * A record is no longer in its repo.
 *
 * @param did the account
 * @param collection the collection
 * @param rkey the record key
 * @param rev the repo's rev as of which it is gone
 */
public record RecordDelete(Did did, Nsid collection, RecordKey rkey, Tid rev)
    implements RecordEvent {}

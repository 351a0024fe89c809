package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;

/**
 * A record that a sink holds, without its content.
 *
 * @param rkey the record key
 * @param cid the CID that it was put with
 * @param rev the rev that is stored with it; a delete of an older rev does not remove it
 */
public record HeldRecord(RecordKey rkey, Cid cid, Tid rev) {}

package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Tid;

/**
 * A record as it was found in a sink's storage.
 *
 * @param cid the hash that is stored with it
 * @param rev the rev that is stored with it
 * @param json its value; may be spelled otherwise than it was given, as long as it means the same
 */
public record StoredRecord(Cid cid, Tid rev, String json) {}

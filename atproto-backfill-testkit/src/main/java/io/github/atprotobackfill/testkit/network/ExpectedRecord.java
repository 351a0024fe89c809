package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;

/**
 * A record that a correct backfill must find.
 *
 * @param uri its address
 * @param cid the hash of its DAG-CBOR form
 */
public record ExpectedRecord(AtUri uri, Cid cid) {}

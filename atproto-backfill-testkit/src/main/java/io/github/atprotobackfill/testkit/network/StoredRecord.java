package io.github.atprotobackfill.testkit.network;

/**
 * A record as a host holds it.
 *
 * @param rkey its key
 * @param cid the hash of its DAG-CBOR form
 * @param json its value; not copied, never written to
 */
@SuppressWarnings("ArrayRecordComponent") // Written into an answer, never compared.
record StoredRecord(String rkey, String cid, byte[] json) {}

package io.github.atprotobackfill.testkit.network;

/**
 * A record as a host holds it.
 *
 * @param rkey its key
 * @param link its CID, the hash of {@code block}
 * @param block its DAG-CBOR form; not copied, never written to
 * @param json its value; not copied, never written to
 */
@SuppressWarnings("ArrayRecordComponent") // Written into an answer, never compared.
record StoredRecord(String rkey, byte[] link, byte[] block, byte[] json) {

  /** Its CID as text. */
  String cid() {
    return CidMaker.text(link);
  }
}

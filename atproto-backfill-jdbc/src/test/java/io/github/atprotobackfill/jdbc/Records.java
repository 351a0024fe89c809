package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;

/** Record events of one repo to test with. */
final class Records {

  private static final Did ALICE = Did.parse("did:plc:alice");
  private static final Nsid NOTE = Nsid.parse("com.example.note");

  private Records() {}

  /** A put whose CID stands for its content. */
  static RecordPut put(String rkey, int rev, String json) {
    Cid cid = Cid.parse("bafyrei" + Integer.toUnsignedString(json.hashCode(), 36));
    return new RecordPut(
        ALICE, NOTE, RecordKey.parse(rkey), cid, rev(rev), RecordValue.ofJson(json));
  }

  static RecordDelete delete(String rkey, int rev) {
    return new RecordDelete(ALICE, NOTE, RecordKey.parse(rkey), rev(rev));
  }

  /** Revs in the order of their numbers, which are below ten. */
  static Tid rev(int number) {
    return Tid.parse("3jzfcijpj2z2" + (char) ('a' + number));
  }
}

package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;

/** Something that is true of a record as of {@link #rev()}: it stands, or it is gone. */
public sealed interface RecordEvent permits RecordPut, RecordDelete {

  /** The account whose record it is. */
  Did did();

  Nsid collection();

  RecordKey rkey();

  /** The rev of the repo as of which this holds; an event with an older rev never undoes it. */
  Tid rev();

  /** The record's address, the key by which a sink is idempotent. */
  default AtUri uri() {
    return new AtUri(did(), collection(), rkey());
  }
}

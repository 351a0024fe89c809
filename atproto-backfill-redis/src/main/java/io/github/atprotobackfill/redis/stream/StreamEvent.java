package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;

/** What an entry of an event stream says. */
sealed interface StreamEvent {

  /** The field of an entry that holds its event. */
  String FIELD = "event";

  /** The {@code seq} of what was read from a repo, and is not in the firehose. */
  long SEQ_BACKFILL = -2;

  /** A record stands, or is gone. */
  record Change(RecordEvent event) implements StreamEvent {}

  /** An account stands differently. */
  record Account(AccountEvent event) implements StreamEvent {}

  /** Something that a sink has no use for: a repo was read to its end, a handle changed. */
  record Other(String type) implements StreamEvent {}
}

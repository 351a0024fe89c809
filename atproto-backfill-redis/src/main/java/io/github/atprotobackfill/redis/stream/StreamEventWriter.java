package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Optional;

/**
 * The JSON of what a backfill found, as the streams carry it. Identifiers and times have no
 * character that JSON escapes; a record is put in as the bytes that it is.
 */
final class StreamEventWriter {

  private static final DateTimeFormatter TO_THE_MILLISECOND =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
  private static final int ROOM_FOR_FIELDS = 512;

  private final ByteArrayOutputStream out;

  private StreamEventWriter(int room) {
    out = new ByteArrayOutputStream(room);
  }

  /** A record was read from its repo, or its repo was found without it, at this time. */
  static byte[] ofBackfill(RecordEvent event, Instant time) {
    if (event instanceof RecordPut put) {
      byte[] record = put.value().json();
      return new StreamEventWriter(ROOM_FOR_FIELDS + record.length)
          .begin("create", event.did(), time)
          .commit(Optional.ofNullable(put.commit()))
          .key(event)
          .raw(",\"record\":")
          .raw(record)
          .text("cid", put.cid().value())
          .end();
    }
    return new StreamEventWriter(ROOM_FOR_FIELDS)
        .begin("delete", event.did(), time)
        .key(event)
        .end();
  }

  /** A repo was read to its end. */
  static byte[] ofRepo(Did did, Tid rev, Optional<Cid> commit, Instant time) {
    return new StreamEventWriter(ROOM_FOR_FIELDS)
        .begin("repo", did, time)
        .commit(commit)
        .text("rev", rev.value())
        .end();
  }

  /** How an account was found to stand. */
  static byte[] ofAccount(AccountEvent event) {
    StreamEventWriter writer =
        new StreamEventWriter(ROOM_FOR_FIELDS)
            .begin("account", event.did(), event.at())
            .raw(",\"active\":" + event.active());
    if (!event.status().equals(AccountEvent.ACTIVE)) {
      writer.raw(",\"status\":\"");
      writer.raw(JsonStringEncoder.getInstance().quoteAsUTF8(event.status()));
      writer.raw("\"");
    }
    return writer.end();
  }

  private StreamEventWriter begin(String type, Did did, Instant time) {
    raw("{\"type\":\"" + type + "\",\"seq\":" + StreamEvent.SEQ_BACKFILL);
    return text("time", TO_THE_MILLISECOND.format(time)).text("did", did.value());
  }

  private StreamEventWriter commit(Optional<Cid> commit) {
    commit.ifPresent(cid -> text("commit", cid.value()));
    return this;
  }

  private StreamEventWriter key(RecordEvent event) {
    return text("rev", event.rev().value())
        .text("collection", event.collection().value())
        .text("rkey", event.rkey().value());
  }

  private StreamEventWriter text(String name, String plain) {
    return raw(",\"" + name + "\":\"" + plain + "\"");
  }

  private StreamEventWriter raw(String ascii) {
    return raw(ascii.getBytes(US_ASCII));
  }

  private StreamEventWriter raw(byte[] json) {
    out.writeBytes(json);
    return this;
  }

  private byte[] end() {
    raw("}");
    return out.toByteArray();
  }
}

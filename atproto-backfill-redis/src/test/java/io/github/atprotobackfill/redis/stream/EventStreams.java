package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XClaimParams;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamPendingEntry;

/** Streams of one test, on the server that all tests share, and what is put there by hand. */
final class EventStreams implements AutoCloseable {

  static final Nsid NOTE = Nsid.parse("com.example.note");
  static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  static final Did BOB = Did.parse("did:plc:bobbobbobbobbobbobbobbob");
  static final long A_LONG_TIME = 86_400_000;

  private static final String CID_END = "postfixpostfixpostfixpostfixpostfixpostfixpostfixpos";

  final StreamNames names;
  private final UnifiedJedis redis;

  EventStreams(UnifiedJedis redis) {
    this.redis = redis;
    String prefix = "test:" + UUID.randomUUID() + ":";
    names =
        new StreamNames(
            prefix + "repo_backfill",
            prefix + "firehose_backfill",
            prefix + "firehose_live",
            prefix + "label_live");
  }

  static Tid rev(int number) {
    return Tid.parse("3jzfcijpj2" + (char) ('a' + number / 26) + (char) ('a' + number % 26) + "2");
  }

  static RecordPut note(Did did, String rkey, int rev, String text) {
    return new RecordPut(
        did,
        NOTE,
        RecordKey.parse(rkey),
        Cid.parse("bafyrei" + Integer.toHexString(text.hashCode()) + CID_END),
        rev(rev),
        RecordValue.ofJson("{\"text\":\"" + text + "\"}"));
  }

  static RecordDelete gone(Did did, String rkey, int rev) {
    return new RecordDelete(did, NOTE, RecordKey.parse(rkey), rev(rev));
  }

  /** An event of the firehose, as Bluesky's ingester puts it there. */
  static String live(String type, RecordPut put) {
    return "{\"type\":\""
        + type
        + "\",\"seq\":17,\"time\":\"2026-11-21T17:00:00.000Z\",\"did\":\""
        + put.did()
        + "\",\"commit\":\""
        + put.cid()
        + "\",\"rev\":\""
        + put.rev()
        + "\",\"collection\":\""
        + put.collection()
        + "\",\"rkey\":\""
        + put.rkey()
        + "\",\"record\":"
        + put.value().jsonText()
        + ",\"cid\":\""
        + put.cid()
        + "\"}";
  }

  static String live(RecordDelete gone) {
    return "{\"type\":\"delete\",\"seq\":18,\"time\":\"2026-11-21T17:00:01.000Z\",\"did\":\""
        + gone.did()
        + "\",\"commit\":\"bafyrei"
        + CID_END
        + "\",\"rev\":\""
        + gone.rev()
        + "\",\"collection\":\""
        + gone.collection()
        + "\",\"rkey\":\""
        + gone.rkey()
        + "\"}";
  }

  static String live(AccountEvent account) {
    return new String(StreamEventWriter.ofAccount(account), UTF_8);
  }

  void addLive(String... events) {
    add(names.firehoseLive(), events);
  }

  void addBackfill(String... events) {
    add(names.firehoseBackfill(), events);
  }

  void add(String stream, String... events) {
    for (String event : events) {
      redis.xadd(stream, StreamEntryID.NEW_ENTRY, Map.of("event", event));
    }
  }

  void addJunk(String stream, byte[] field, byte[] value) {
    redis.xadd(stream.getBytes(UTF_8), XAddParams.xAddParams(), Map.of(field, value));
  }

  /** Waits for an indexer to have nothing left; no longer than a minute. */
  void waitUntilEmpty(StreamIndexer indexer) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (indexer.backlog() > 0) {
      assertThat(System.nanoTime())
          .as("still waiting for %s", indexer.progress())
          .isLessThan(deadline);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Thread.onSpinWait();
    }
  }

  List<StreamEntry> deadLetters(String stream) {
    return redis.xrange(ConsumerGroup.deadLettersOf(stream), "-", "+");
  }

  /** Everything pending of a stream becomes as old as if its consumer had died long ago. */
  void lapseAll(String stream) {
    for (StreamPendingEntry entry : pending(stream)) {
      redis.xclaimJustId(
          stream,
          StreamIndexer.DEFAULT_GROUP,
          entry.getConsumerName(),
          0,
          XClaimParams.xClaimParams().idle(A_LONG_TIME),
          entry.getID());
    }
  }

  List<StreamPendingEntry> pending(String stream) {
    return redis.xpending(
        stream, StreamIndexer.DEFAULT_GROUP, XPendingParams.xPendingParams("-", "+", 10_000));
  }

  @Override
  public void close() {
    redis.keys(names.firehoseLive().replace("firehose_live", "*")).forEach(redis::del);
  }
}

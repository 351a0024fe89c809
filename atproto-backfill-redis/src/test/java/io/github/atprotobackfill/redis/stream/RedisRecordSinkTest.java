package io.github.atprotobackfill.redis.stream;

import static io.github.atprotobackfill.redis.stream.EventStreams.ALICE;
import static io.github.atprotobackfill.redis.stream.EventStreams.BOB;
import static io.github.atprotobackfill.redis.stream.EventStreams.gone;
import static io.github.atprotobackfill.redis.stream.EventStreams.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.redis.TestRedis;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.resps.StreamEntry;

class RedisRecordSinkTest {

  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");

  private final UnifiedJedis redis = TestRedis.connect();
  private final EventStreams streams = new EventStreams(redis);
  private final String stream = streams.names.firehoseBackfill();

  @AfterEach
  void clear() {
    streams.close();
    redis.close();
  }

  private RedisRecordSink.Builder sink() {
    return RedisRecordSink.builder(redis).names(streams.names).clock(() -> NOW);
  }

  @Test
  void anEntryAnEventInOrderEachWithOneField() throws Exception {
    RedisRecordSink sink = sink().build();

    sink.write(List.of(note(ALICE, "a", 1, "one"), gone(ALICE, "b", 2)));
    sink.account(AccountEvent.inactive(BOB, "takendown", NOW));
    sink.write(List.of());

    assertThat(entries())
        .extracting(entry -> entry.getFields().keySet())
        .containsOnly(Set.of("event"));
    assertThat(entries())
        .extracting(entry -> entry.getFields().get("event"))
        .containsExactly(
            "{\"type\":\"create\",\"seq\":-2,\"time\":\"2026-11-21T17:00:00.000Z\",\"did\":\""
                + ALICE
                + "\",\"rev\":\"3jzfcijpj2ab2\",\"collection\":\"com.example.note\",\"rkey\":\"a\","
                + "\"record\":{\"text\":\"one\"},\"cid\":\""
                + note(ALICE, "a", 1, "one").cid()
                + "\"}",
            "{\"type\":\"delete\",\"seq\":-2,\"time\":\"2026-11-21T17:00:00.000Z\",\"did\":\""
                + ALICE
                + "\",\"rev\":\"3jzfcijpj2ac2\",\"collection\":\"com.example.note\",\"rkey\":\"b\"}",
            "{\"type\":\"account\",\"seq\":-2,\"time\":\"2026-11-21T17:00:00.000Z\",\"did\":\""
                + BOB
                + "\",\"active\":false,\"status\":\"takendown\"}");
  }

  @Test
  void writesWaitWhileTheStreamIsLongerThanTheMark() throws Exception {
    List<Long> lengths = new ArrayList<>();
    RedisRecordSink sink =
        sink()
            .highWaterMark(2)
            .pause(
                time -> {
                  assertThat(time).isEqualTo(RedisRecordSink.BETWEEN_LOOKS);
                  lengths.add(redis.xlen(stream));
                  redis.xdel(stream, entries().get(0).getID());
                })
            .build();

    sink.write(List.of(note(ALICE, "a", 1, "1"), note(ALICE, "b", 1, "2")));
    assertThat(lengths).as("at the mark").isEmpty();
    sink.write(List.of(note(ALICE, "c", 1, "3"), note(ALICE, "d", 1, "4")));
    assertThat(lengths).as("the stream was not longer than the mark before").isEmpty();
    sink.write(List.of(note(ALICE, "e", 1, "5")));

    assertThat(lengths).containsExactly(4L, 3L);
    assertThat(entries()).hasSize(3);
  }

  @Test
  void whatOthersPutThereCountsBeforeTheFirstWrite() throws Exception {
    streams.addBackfill("{}", "{}", "{}");
    List<Long> lengths = new ArrayList<>();
    RedisRecordSink sink =
        sink()
            .highWaterMark(1)
            .pause(
                time -> {
                  lengths.add(redis.xlen(stream));
                  redis.del(stream);
                })
            .build();

    sink.write(List.of(note(ALICE, "a", 1, "1")));

    assertThat(lengths).containsExactly(3L);
  }

  @Test
  void anInterruptEndsTheWaiting() throws Exception {
    streams.addBackfill("{}", "{}");
    RedisRecordSink sink =
        sink().highWaterMark(1).pause(time -> Thread.sleep(time.toMillis())).build();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> sink.write(List.of(note(ALICE, "a", 1, "1"))))
        .isInstanceOf(InterruptedException.class);
    assertThat(entries()).hasSize(2);
  }

  @Test
  void aStreamMayBeCutOff() throws Exception {
    RedisRecordSink sink = sink().maxLength(100).build();
    for (int i = 0; i < 10; i++) {
      List<RecordEvent> batch = new ArrayList<>();
      for (int k = 0; k < 100; k++) {
        batch.add(note(ALICE, "k" + k, i, "text"));
      }
      sink.write(batch);
    }
    assertThat(redis.xlen(stream)).isBetween(100L, 300L);
  }

  @Test
  void whatRedisRefusesIsAFailure() {
    redis.set(stream, "no stream");

    assertThatThrownBy(() -> sink().build().write(List.of(note(ALICE, "a", 1, "1"))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(stream)
        .hasMessageContaining("WRONGTYPE");
    assertThatThrownBy(
            () -> {
              redis.del(stream);
              RedisRecordSink sink = sink().build();
              sink.write(List.of(note(ALICE, "a", 1, "1")));
              redis.set(stream, "no stream");
              sink.write(List.of(note(ALICE, "a", 1, "1")));
            })
        .isInstanceOf(StoreException.class);
  }

  private List<StreamEntry> entries() {
    return redis.xrange(stream, (StreamEntryID) null, (StreamEntryID) null);
  }
}

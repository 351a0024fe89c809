package io.github.atprotobackfill.redis.stream;

import static io.github.atprotobackfill.redis.stream.EventStreams.ALICE;
import static io.github.atprotobackfill.redis.stream.EventStreams.BOB;
import static io.github.atprotobackfill.redis.stream.EventStreams.gone;
import static io.github.atprotobackfill.redis.stream.EventStreams.live;
import static io.github.atprotobackfill.redis.stream.EventStreams.note;
import static io.github.atprotobackfill.redis.stream.EventStreams.rev;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.redis.TestRedis;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.testkit.contract.StoredRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.resps.StreamConsumersInfo;
import redis.clients.jedis.resps.StreamEntry;

/** The indexer against a real Redis and a real database; nothing waits for time to pass. */
class StreamIndexerTest {

  private final UnifiedJedis redis = TestRedis.connect();
  private final EventStreams streams = new EventStreams(redis);
  private final IndexedRecords records = new IndexedRecords();

  private final RecordSink straight = records.sink();

  @AfterEach
  void clear() throws Exception {
    streams.close();
    records.close();
    redis.close();
  }

  private StreamIndexer.Builder indexer() {
    return indexer(straight);
  }

  private StreamIndexer.Builder indexer(RecordSink sink) {
    return StreamIndexer.builder(redis, sink).names(streams.names).pause(time -> Thread.yield());
  }

  /** Indexes all there is, and ends. */
  private IndexerProgress drain(StreamIndexer.Builder with) throws Exception {
    try (StreamIndexer indexer = with.build().start()) {
      streams.waitUntilEmpty(indexer);
      indexer.close();
      return indexer.progress();
    }
  }

  // ---- what arrives

  @Test
  void liveAndBackfillEventsAreIndexedAndRemoved() throws Exception {
    streams.addBackfill(
        live("create", note(ALICE, "a", 1, "one")).replace("\"seq\":17", "\"seq\":-2"),
        "{\"type\":\"repo\",\"did\":\"" + ALICE + "\",\"rev\":\"" + rev(1) + "\"}");
    streams.addLive(
        live("create", note(BOB, "b", 2, "two")),
        live("update", note(BOB, "b", 3, "three")),
        live("create", note(BOB, "c", 4, "four")),
        live(gone(BOB, "c", 5)),
        "{\"type\":\"identity\",\"seq\":3,\"did\":\"" + BOB + "\",\"handle\":\"bob.test\"}",
        "{\"type\":\"of a later version\"}");

    IndexerProgress progress = drain(indexer());

    assertStored(note(ALICE, "a", 1, "one"), note(BOB, "b", 3, "three"));
    assertThat(progress).isEqualTo(new IndexerProgress(4, 3, 1, 0, 0));
    assertThat(redis.xlen(streams.names.firehoseLive())).isZero();
    assertThat(redis.xlen(streams.names.firehoseBackfill())).isZero();
  }

  @Test
  void accountsAreHiddenInTheirPlaceAmongTheirRecords() throws Exception {
    Instant then = Instant.parse("2026-11-21T17:00:00Z");
    streams.addLive(
        live("create", note(ALICE, "a", 1, "one")),
        live(AccountEvent.deleted(ALICE, then)),
        live("create", note(BOB, "b", 1, "one")),
        live(AccountEvent.inactive(BOB, "deactivated", then)));

    drain(indexer());

    assertStored(note(BOB, "b", 1, "one"));
    assertThat(records.shown()).isEmpty();

    streams.addLive(live(AccountEvent.active(BOB, then.plusSeconds(1))));
    drain(indexer());
    assertThat(records.shown()).containsExactly(note(BOB, "b", 1, "one").uri());
  }

  @Test
  void closingLeavesNothingPendingAndNoName() throws Exception {
    for (int i = 0; i < 30; i++) {
      streams.addLive(live("create", note(ALICE, "k" + i, i, "text" + i)));
    }
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    RecordSink slow =
        events -> {
          writing.countDown();
          closing.await();
          straight.write(events);
        };
    StreamIndexer indexer = indexer(slow).batchSize(10).build().start();
    writing.await();
    Thread closer = new Thread(indexer::close);
    closer.start();
    closing.countDown();
    closer.join();

    assertThat(streams.pending(streams.names.firehoseLive())).isEmpty();
    assertThat(consumers()).isEmpty();
    assertThat(indexer.progress().indexed()).isEqualTo(records.stored().size());
    assertThat(indexer.backlog()).isEqualTo(30 - records.stored().size());
  }

  // ---- what dies

  @Test
  void killedBetweenWriteAndAcknowledgementItComesToTheSameRows() throws Exception {
    List<RecordPut> puts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      puts.add(note(ALICE, "k" + i % 20, i, "text" + i));
      streams.addLive(live("update", puts.get(i)));
    }
    streams.addLive(live(gone(ALICE, "k19", 60)));
    try (IndexedRecords direct = new IndexedRecords()) {
      direct.sink().write(List.copyOf(puts));
      direct.sink().write(List.of(gone(ALICE, "k19", 60)));

      takeWriteAndDie("killed", 30);
      assertThat(records.stored()).isNotEmpty();
      streams.lapseAll(streams.names.firehoseLive());
      drain(indexer());

      assertThat(records.stored()).isEqualTo(direct.stored()).hasSize(19);
    }
  }

  @Test
  void theSameNameGoesOnAtOnce() throws Exception {
    streams.addLive(live("create", note(ALICE, "a", 1, "one")));
    takeWriteAndDie("steady", 1);
    assertThat(streams.pending(streams.names.firehoseLive())).hasSize(1);

    drain(indexer().consumer("steady"));

    assertStored(note(ALICE, "a", 1, "one"));
  }

  @Test
  void twoIndexersShareTheWorkOfADeadOne() throws Exception {
    List<RecordPut> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      RecordPut put = note(i % 2 == 0 ? ALICE : BOB, "k" + i, i, "text" + i);
      expected.add(put);
      if (i % 3 == 0) {
        streams.addLive(live("create", put));
      } else {
        streams.addBackfill(live("create", put));
      }
    }
    takeWriteAndDie("dead", 20);
    streams.lapseAll(streams.names.firehoseLive());

    StreamIndexer one = indexer().batchSize(7).build().start();
    StreamIndexer two = indexer().batchSize(11).build().start();
    streams.waitUntilEmpty(one);
    one.close();
    two.close();

    assertStored(expected.toArray(RecordPut[]::new));
    assertThat(one.progress().dead() + two.progress().dead()).isZero();
    assertThat(one.progress().indexed() + two.progress().indexed()).isEqualTo(300);
    assertThat(consumers()).as("the others have left").isSubsetOf("dead");
  }

  @Test
  void whatKilledSeveralGoesToTheDeadLettersAloneAndWhatCameWithItDoesNot() throws Exception {
    streams.addLive(
        live("create", note(ALICE, "a", 1, "one")),
        live("create", note(ALICE, "killer", 1, "killer")),
        live("create", note(ALICE, "b", 1, "two")));
    for (int death = 0; death < 5; death++) {
      dieOf("killer");
      streams.lapseAll(streams.names.firehoseLive());
    }

    IndexerProgress progress = drain(indexer());

    assertStored(note(ALICE, "a", 1, "one"), note(ALICE, "b", 1, "two"));
    assertThat(progress.dead()).isEqualTo(1);
    StreamEntry letter = onlyDeadLetter();
    assertThat(letter.getFields().get("event")).contains("\"rkey\":\"killer\"");
    assertThat(letter.getFields()).containsEntry("deliveries", "6");
  }

  /** As an indexer that is killed after its sink's write, and before it acknowledges anything. */
  private void takeWriteAndDie(String name, int most) throws Exception {
    ConsumerGroup group = group(name);
    List<RecordEvent> events = new ArrayList<>();
    for (Delivery entry : group.next(most, Duration.ZERO)) {
      StreamEvent event = StreamEventReader.read(entry.field("event").orElseThrow());
      events.add(((StreamEvent.Change) event).event());
    }
    straight.write(events);
  }

  /** An indexer whose process dies of one record, as far as it gets. */
  private void dieOf(String rkey) throws Exception {
    ConsumerGroup group = group("victim-" + System.nanoTime());
    IndexerLane lane =
        new IndexerLane(
            group,
            new IndexerWriter(
                events -> {
                  if (events.stream().anyMatch(event -> event.rkey().value().equals(rkey))) {
                    throw new KilledError();
                  }
                  straight.write(events);
                },
                new Tombstones(redis, streams.names.firehoseLive(), Duration.ofDays(1))),
            new IndexerCounters(),
            5);
    lane.take(100, Duration.ZERO);
    try {
      while (lane.holdsSomething()) {
        lane.workOff();
      }
    } catch (KilledError e) {
      assertThat(lane.holdsSomething()).isTrue();
    }
  }

  private static final class KilledError extends Error {
    private static final long serialVersionUID = 1L;
  }

  private ConsumerGroup group(String consumer) {
    return new ConsumerGroup(
        redis,
        streams.names.firehoseLive(),
        StreamIndexer.DEFAULT_GROUP,
        consumer,
        StreamIndexer.Builder.DEFAULT_LEASE);
  }

  // ---- what is no event

  @Test
  void junkInEveryStreamGoesToTheDeadLettersAndEverythingElseIsIndexed() throws Exception {
    for (String stream : List.of(streams.names.firehoseLive(), streams.names.firehoseBackfill())) {
      streams.add(stream, "", "not json", "[]", "{\"type\":\"create\"}", "{\"type\":7}");
      streams.add(stream, live("create", note(ALICE, "a", 1, "one")));
      streams.addJunk(stream, "other".getBytes(UTF_8), "{}".getBytes(UTF_8));
      streams.addJunk(stream, new byte[] {(byte) 0xff}, new byte[] {0, (byte) 0xfe});
      streams.add(stream, live("create", note(ALICE, "a", 1, "one")).replace("{\"text", "{{"));
      streams.add(stream, live("create", note(BOB, "b", 1, "two")));
    }

    IndexerProgress progress = drain(indexer());

    assertStored(note(ALICE, "a", 1, "one"), note(BOB, "b", 1, "two"));
    assertThat(progress.dead()).isEqualTo(16);
    assertThat(progress.failures()).isZero();
    for (String stream : List.of(streams.names.firehoseLive(), streams.names.firehoseBackfill())) {
      assertThat(streams.deadLetters(stream))
          .hasSize(8)
          .allSatisfy(letter -> assertThat(letter.getFields().get("error")).startsWith("it"));
    }
  }

  @Test
  void whatTheSinkRefusesGoesToTheDeadLettersAndEverythingElseIsIndexed() throws Exception {
    RecordSink picky =
        events -> {
          if (events.stream().anyMatch(event -> event.rkey().value().startsWith("bad"))) {
            throw new IllegalArgumentException("no such thing");
          }
          straight.write(events);
        };
    for (int i = 0; i < 40; i++) {
      streams.addLive(live("create", note(ALICE, (i % 13 == 5 ? "bad" : "k") + i, i, "text" + i)));
    }

    IndexerProgress progress = drain(indexer(picky));

    assertThat(progress.indexed()).isEqualTo(37);
    assertThat(records.stored()).hasSize(37);
    assertThat(streams.deadLetters(streams.names.firehoseLive()))
        .hasSize(3)
        .allSatisfy(
            letter -> assertThat(letter.getFields().get("error")).contains("no such thing"));
  }

  @Test
  void aSinkThatIsAwayIsWaitedForAndNothingIsBuried() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    RecordSink away =
        new RecordSink() {
          @Override
          public void write(List<RecordEvent> events) throws Exception {
            fail();
            straight.write(events);
          }

          @Override
          public void account(AccountEvent event) throws Exception {
            fail();
            straight.account(event);
          }

          private void fail() throws Exception {
            if (failures.incrementAndGet() <= 60) {
              throw new IOException("connection refused");
            }
          }
        };
    streams.addLive(live(AccountEvent.inactive(BOB, "suspended", Instant.now())));
    for (int i = 0; i < 20; i++) {
      streams.addLive(live("create", note(ALICE, "k" + i, i, "text" + i)));
    }

    IndexerProgress progress = drain(indexer(away));

    assertThat(progress.dead()).isZero();
    assertThat(progress.indexed()).isEqualTo(21);
    assertThat(progress.failures()).isPositive();
    assertThat(records.stored()).hasSize(20);
  }

  @Test
  void closedWhileTheSinkIsAwayItLeavesItsEntriesToOthersAtOnce() throws Exception {
    streams.addLive(live("create", note(ALICE, "a", 1, "one")));
    CountDownLatch tried = new CountDownLatch(3);
    StreamIndexer waiting =
        indexer(
                events -> {
                  tried.countDown();
                  throw new IOException("connection refused");
                })
            .build()
            .start();
    tried.await();
    waiting.close();

    IndexerProgress progress = drain(indexer());

    assertStored(note(ALICE, "a", 1, "one"));
    assertThat(progress).isEqualTo(new IndexerProgress(1, 0, 0, 0, 0));
  }

  @Test
  void aRedisThatWasFlushedIsGoneOnWith() throws Exception {
    streams.addLive(live("create", note(ALICE, "a", 1, "one")));
    CountDownLatch flushed = new CountDownLatch(1);
    CountDownLatch writing = new CountDownLatch(1);
    RecordSink sink =
        events -> {
          writing.countDown();
          flushed.await();
          straight.write(events);
        };
    try (StreamIndexer indexer = indexer(sink).build().start()) {
      writing.await();
      streams.close(); // removes every key, groups included, as a flush does
      flushed.countDown();
      streams.addLive(live("create", note(ALICE, "b", 2, "two")));
      streams.addBackfill(live("create", note(ALICE, "c", 3, "three")));
      streams.waitUntilEmpty(indexer);
    }
    assertStored(
        note(ALICE, "a", 1, "one"), note(ALICE, "b", 2, "two"), note(ALICE, "c", 3, "three"));
  }

  // ---- what is newer

  @Test
  void aLiveDeleteIsNotUndoneByWhatWasReadBefore() throws Exception {
    streams.addLive(live(gone(ALICE, "a", 5)), live(gone(ALICE, "never-read", 5)));
    drain(indexer());

    streams.addBackfill(
        live("create", note(ALICE, "a", 4, "older")),
        live("create", note(ALICE, "b", 4, "other")),
        live("create", note(BOB, "a", 4, "another's")));
    IndexerProgress progress = drain(indexer());

    assertStored(note(ALICE, "b", 4, "other"), note(BOB, "a", 4, "another's"));
    assertThat(progress.overtaken()).isEqualTo(1);

    streams.addBackfill(live("create", note(ALICE, "a", 6, "again")));
    drain(indexer());
    assertThat(records.stored()).containsKey(note(ALICE, "a", 6, "again").uri());
  }

  @Test
  void aNewerPutIsNotUndoneByWhatWasReadBefore() throws Exception {
    streams.addLive(live("update", note(ALICE, "a", 5, "newer")));
    drain(indexer());
    streams.addBackfill(live("create", note(ALICE, "a", 4, "older")));
    drain(indexer());

    assertStored(note(ALICE, "a", 5, "newer"));
  }

  @Test
  void aPutThatADeadIndexerHeldDoesNotComeBackAfterItsDelete() throws Exception {
    streams.addLive(live("create", note(ALICE, "a", 1, "one")));
    group("dead").next(1, Duration.ZERO);
    streams.addLive(live(gone(ALICE, "a", 2)));
    drainAll();
    streams.lapseAll(streams.names.firehoseLive());
    drain(indexer());

    assertThat(records.stored()).isEmpty();
  }

  private void drainAll() throws Exception {
    try (StreamIndexer indexer = indexer().build().start()) {
      while (indexer.progress().processed() == 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aDeleteThatComesWhileAnotherIndexerWritesAnOlderPutStands() throws Exception {
    streams.addBackfill(live("create", note(ALICE, "a", 1, "older")));
    RecordSink overtaken =
        events -> {
          if (events.stream().anyMatch(RecordPut.class::isInstance)) {
            // Another indexer is told of the delete after this one has looked, and before it
            // writes.
            new IndexerWriter(
                    straight,
                    new Tombstones(redis, streams.names.firehoseLive(), Duration.ofDays(7)))
                .write(List.of(gone(ALICE, "a", 2)), (event, failure) -> {});
          }
          straight.write(events);
        };

    IndexerProgress progress = drain(indexer(overtaken));

    assertThat(records.stored()).isEmpty();
    assertThat(progress.overtaken()).isEqualTo(1);
  }

  @Test
  void anOlderDeleteDoesNotUndoANewerPut() throws Exception {
    streams.addLive(live("create", note(ALICE, "a", 5, "newer")));
    drain(indexer());
    streams.addLive(live(gone(ALICE, "a", 3)));
    drain(indexer());

    assertStored(note(ALICE, "a", 5, "newer"));
  }

  private void assertStored(RecordPut... puts) throws Exception {
    Map<AtUri, StoredRecord> stored = records.stored();
    assertThat(stored).hasSize(puts.length);
    for (RecordPut put : puts) {
      StoredRecord record = stored.get(put.uri());
      assertThat(record).as(put.uri().toString()).isNotNull();
      assertThat(record.cid()).isEqualTo(put.cid());
      assertThat(record.rev()).isEqualTo(put.rev());
      assertThat(record.json()).isEqualTo(put.value().jsonText());
    }
  }

  private StreamEntry onlyDeadLetter() {
    List<StreamEntry> letters = streams.deadLetters(streams.names.firehoseLive());
    assertThat(letters).hasSize(1);
    return letters.get(0);
  }

  private List<String> consumers() {
    return redis.xinfoConsumers(streams.names.firehoseLive(), StreamIndexer.DEFAULT_GROUP).stream()
        .map(StreamConsumersInfo::getName)
        .toList();
  }
}

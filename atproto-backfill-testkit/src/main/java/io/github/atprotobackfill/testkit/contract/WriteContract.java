package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static io.github.atprotobackfill.testkit.contract.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a write makes of what is stored: the newest stands, whatever comes how often. */
abstract class WriteContract {

  private static final JsonMapper MAPPER = new JsonMapper();
  static final Nsid NOTE = Nsid.parse("com.example.note");

  private SinkHarness harness;
  private RecordSink sink;

  /** A new, empty place to write to. */
  protected abstract SinkHarness newHarness() throws Exception;

  @BeforeEach
  final void openSink() throws Exception {
    harness = newHarness();
    sink = harness.open();
  }

  final RecordSink sink() {
    return sink;
  }

  final SinkHarness harness() {
    return harness;
  }

  /** Closes the sink, and opens another on the same storage. */
  final void reopen() throws Exception {
    sink.close();
    sink = harness.open();
  }

  @AfterEach
  final void closeSink() throws Exception {
    if (harness != null) { // else there is no server, and the test was skipped
      sink.close();
      harness.close();
    }
  }

  final void write(RecordEvent... events) throws Exception {
    sink.write(List.of(events));
  }

  final WriteCounts writeCounted(RecordEvent... events) throws Exception {
    assumeTrue(harness.countsWhatChanged(), "this sink does not count what changed");
    return sink.writeCounted(List.of(events));
  }

  static RecordPut put(Did did, Nsid collection, String rkey, int rev, String json) {
    Cid cid = Cid.parse("bafyrei" + text(new Random(json.hashCode()), "abcdefghijk234567", 52));
    return new RecordPut(
        did, collection, RecordKey.parse(rkey), cid, rev(rev), RecordValue.ofJson(json));
  }

  static RecordPut note(String rkey, int rev, String content) {
    String json = MAPPER.createObjectNode().put("text", content).toString();
    return put(did(1), NOTE, rkey, rev, json);
  }

  static RecordDelete delete(String rkey, int rev) {
    return new RecordDelete(did(1), NOTE, RecordKey.parse(rkey), rev(rev));
  }

  /** Asserts that the storage holds exactly these. */
  final void assertStored(RecordPut... puts) throws Exception {
    assertStored(List.of(puts));
  }

  final void assertStored(List<RecordPut> puts) throws Exception {
    Map<AtUri, StoredRecord> stored = harness.stored();
    assertThat(stored.keySet())
        .isEqualTo(puts.stream().map(RecordPut::uri).collect(Collectors.toSet()));
    for (RecordPut put : puts) {
      StoredRecord found = Optional.ofNullable(stored.get(put.uri())).orElseThrow();
      assertThat(found.cid()).as("cid of %s", put.uri()).isEqualTo(put.cid());
      assertThat(tree(found.json()))
          .as("value of %s", put.uri())
          .isEqualTo(tree(harness.keeps(put.value().jsonText())));
    }
  }

  final StoredRecord stored(AtUri uri) throws Exception {
    return Optional.ofNullable(harness.stored().get(uri)).orElseThrow();
  }

  static JsonNode tree(String json) throws JsonProcessingException {
    return MAPPER.readTree(json);
  }

  @Test
  void whatWasPutIsStored() throws Exception {
    RecordPut first = note("a", 1, "first");
    RecordPut second = put(did(2), Nsid.parse("app.bsky.feed.like"), "self", 2, "{\"n\":-12}");

    write(first, second);
    sink.write(List.of());

    assertStored(first, second);
    assertThat(stored(first.uri()).rev()).isEqualTo(rev(1));
    assertThat(stored(second.uri()).rev()).isEqualTo(rev(2));
  }

  @Test
  void everythingStaysTheSameWhenTheSameIsWrittenAgain() throws Exception {
    RecordEvent[] batch = {note("a", 1, "one"), note("b", 1, "two"), delete("c", 1)};
    write(batch);
    Map<AtUri, StoredRecord> once = harness.stored();

    write(batch);
    write(batch[1]);

    assertThat(harness.stored()).isEqualTo(once).hasSize(2);
  }

  @Test
  void aChangedRecordReplacesTheOneBefore() throws Exception {
    write(note("a", 1, "before"), note("b", 1, "other"));

    write(note("a", 2, "after"));

    assertStored(note("a", 2, "after"), note("b", 1, "other"));
    assertThat(stored(delete("a", 1).uri()).rev()).isEqualTo(rev(2));
  }

  @Test
  void aDeletedRecordIsGoneAndOthersStay() throws Exception {
    write(note("a", 1, "one"), note("b", 1, "two"));

    write(delete("a", 2), delete("never-held", 2));

    assertStored(note("b", 1, "two"));
    write(note("a", 3, "again"));
    assertStored(note("a", 3, "again"), note("b", 1, "two"));
  }

  @Test
  void ofOneUriTwiceInABatchTheLaterWins() throws Exception {
    write(
        note("a", 1, "first"),
        note("b", 1, "first"),
        note("c", 1, "kept"),
        note("a", 1, "second"),
        delete("b", 1),
        delete("d", 1),
        note("d", 1, "after its delete"),
        note("a", 2, "third"));

    assertStored(note("a", 2, "third"), note("c", 1, "kept"), note("d", 1, "after its delete"));
  }

  @Test
  void theSameEventTwiceInABatchIsStoredOnce() throws Exception {
    write(note("a", 1, "same"), note("a", 1, "same"), note("b", 1, "other"));

    assertStored(note("a", 1, "same"), note("b", 1, "other"));
  }

  @Test
  void atTheSameRevTheLaterWriteWins() throws Exception {
    write(note("a", 1, "before"), note("b", 1, "before"));

    write(note("a", 1, "after"), delete("b", 1));

    assertStored(note("a", 1, "after"));
  }

  @Test
  void anOlderRevNeverUndoesANewer() throws Exception {
    write(note("a", 500, "newest"), note("b", 500, "newest"), note("c", 1, "old"));

    write(note("a", 499, "older"), delete("b", 33), note("c", 2, "new"));

    assertStored(note("a", 500, "newest"), note("b", 500, "newest"), note("c", 2, "new"));
    assertThat(stored(delete("a", 1).uri()).rev()).isEqualTo(rev(500));
  }

  @Test
  void anOlderRevDoesNotUndoANewerOfTheSameBatch() throws Exception {
    write(note("a", 5, "newest"), note("a", 4, "older"), note("b", 5, "newest"), delete("b", 4));

    assertStored(note("a", 5, "newest"), note("b", 5, "newest"));
  }

  @Test
  void whatChangedIsCounted() throws Exception {
    assertThat(writeCounted(note("a", 1, "one"), note("b", 1, "two"), note("c", 1, "three")))
        .isEqualTo(new WriteCounts(3, 0, 0));

    WriteCounts counts =
        writeCounted(
            note("a", 1, "one"),
            note("b", 2, "changed"),
            delete("c", 2),
            delete("never-held", 2),
            note("d", 2, "new"));

    assertThat(counts).isEqualTo(new WriteCounts(2, 1, 1));
    assertThat(writeCounted()).isEqualTo(WriteCounts.NONE);
  }

  @Test
  void whatDidNotChangeIsCountedAsUnchangedUnderAnyRev() throws Exception {
    writeCounted(note("a", 2, "one"), note("b", 2, "newest"));

    assertThat(writeCounted(note("a", 3, "one"), note("b", 1, "older")))
        .isEqualTo(new WriteCounts(0, 2, 0));
    assertThat(writeCounted(delete("b", 1))).isEqualTo(WriteCounts.NONE);

    assertStored(note("a", 3, "one"), note("b", 2, "newest"));
  }
}

package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.longestDid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@link HeldRecords} promises: a sink tells exactly what it holds, in order, in pages. */
abstract class HeldContract extends WriteContract {

  /** Every character that keys are made of, and keys that begin with others. */
  private static final List<String> KEYS_IN_ORDER =
      List.of(
          "-", "--", "-.", "-0", ".-", "..a", "0", "00", "0~", "1", ":", "::", "A", "AA", "Aa", "B",
          "Z", "_", "__", "a", "a-", "a.", "a.b", "a:b", "aA", "a_", "aa", "a~", "b", "z", "~",
          "~~");

  private HeldRecords held() {
    assumeTrue(sink().held().isPresent(), "this sink does not tell what it holds");
    return sink().held().orElseThrow();
  }

  private List<HeldRecord> walk(Did did, Nsid collection, int most) throws Exception {
    return walk(did, collection, null, most);
  }

  private List<HeldRecord> walk(Did did, Nsid collection, @Nullable RecordKey after, int most)
      throws Exception {
    List<HeldRecord> all = new ArrayList<>();
    List<HeldRecord> page = page(did, collection, after, most);
    while (!page.isEmpty()) {
      all.addAll(page);
      page = page(did, collection, last(page), most);
    }
    return all;
  }

  /** A page that leads on, or else walking would not end. */
  private List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most)
      throws Exception {
    List<HeldRecord> page = held().page(did, collection, after, most);
    RecordKey before = after;
    for (HeldRecord record : page) {
      if (before != null) {
        assertThat(record.rkey()).isGreaterThan(before);
      }
      before = record.rkey();
    }
    return page;
  }

  private static RecordKey last(List<HeldRecord> page) {
    return page.get(page.size() - 1).rkey();
  }

  private static List<String> keys(List<HeldRecord> records) {
    return records.stream().map(record -> record.rkey().value()).toList();
  }

  private static HeldRecord heldAs(RecordPut put) {
    return new HeldRecord(put.rkey(), put.cid(), put.rev());
  }

  @Test
  void nothingIsHeldOfWhatWasNeverWritten() throws Exception {
    assertThat(held().holding(List.of())).isEmpty();
    assertThat(held().holding(List.of(did(1), did(2)))).isEmpty();

    write(note("a", 1, "one"));

    assertThat(held().holding(List.of(did(2)))).isEmpty();
    assertThat(held().collections(did(2))).isEmpty();
    assertThat(held().page(did(2), NOTE, null, 10)).isEmpty();
    assertThat(held().page(did(1), Nsid.parse("com.example.other"), null, 10)).isEmpty();
  }

  @Test
  void ofARecordTheNewestIsHeld() throws Exception {
    write(note("a", 1, "before"), note("b", 2, "stays"), note("c", 1, "goes"));
    write(note("a", 3, "after"), note("b", 3, "stays"), delete("c", 3));

    List<HeldRecord> records = walk(did(1), NOTE, 10);

    assertThat(keys(records)).containsExactly("a", "b");
    assertThat(records.get(0)).isEqualTo(heldAs(note("a", 3, "after")));
    // Whether an unchanged record is held under its old rev or the new one is for the sink to say.
    assertThat(records.get(1).cid()).isEqualTo(note("b", 2, "stays").cid());
    write(delete("a", 4), delete("b", 4));
    assertThat(held().holding(List.of(did(1)))).isEmpty();
    assertThat(held().collections(did(1))).isEmpty();
    assertThat(walk(did(1), NOTE, 10)).isEmpty();
  }

  @Test
  void keysAreHeldInTheOrderOfTheirBytes() throws Exception {
    List<RecordEvent> puts = new ArrayList<>();
    for (String key : KEYS_IN_ORDER) {
      // Neither in order nor in its reverse.
      puts.add(puts.size() / 2, note(key, 1, key));
    }
    sink().write(puts);

    for (int most : List.of(1, 7, KEYS_IN_ORDER.size(), 1000)) {
      assertThat(keys(walk(did(1), NOTE, most))).containsExactlyElementsOf(KEYS_IN_ORDER);
    }
  }

  @Test
  void aPageBeginsStrictlyAfterItsKeyHeldOrNot() throws Exception {
    write(note("a", 1, "1"), note("b", 1, "2"), note("c", 1, "3"));

    assertThat(keys(walk(did(1), NOTE, RecordKey.parse("a"), 10))).containsExactly("b", "c");
    assertThat(keys(walk(did(1), NOTE, RecordKey.parse("aa"), 10))).containsExactly("b", "c");
    assertThat(keys(walk(did(1), NOTE, RecordKey.parse("B"), 10))).containsExactly("a", "b", "c");
    assertThat(walk(did(1), NOTE, RecordKey.parse("c"), 10)).isEmpty();
  }

  @Test
  void noPageIsLongerThanAsked() throws Exception {
    write(note("a", 1, "1"), note("b", 1, "2"), note("c", 1, "3"));

    assertThat(held().page(did(1), NOTE, null, 1)).hasSize(1);
    assertThat(held().page(did(1), NOTE, null, 2)).hasSize(2);
    assertThat(held().page(did(1), NOTE, null, 3)).hasSize(3);
  }

  @Test
  void collectionsAreHeldEachByItself() throws Exception {
    List<Nsid> inOrder = new ArrayList<>();
    for (String name :
        List.of(
            "com.example.Note",
            "com.example.note",
            "com.example.note.note",
            "com.example.noteX",
            "com.example.notes",
            "com.example-a.note",
            "com.examples.note")) {
      inOrder.add(Nsid.parse(name));
    }
    inOrder.sort(null);
    for (Nsid collection : inOrder) {
      sink().write(List.of(put(did(1), collection, "self", 1, "{\"of\":\"" + collection + "\"}")));
      sink().write(List.of(put(did(1), collection, collection.value(), 1, "{}")));
    }
    write(put(did(2), Nsid.parse("com.example.another"), "self", 1, "{}"));

    assertThat(held().collections(did(1))).containsExactlyElementsOf(inOrder);
    for (Nsid collection : inOrder) {
      assertThat(keys(walk(did(1), collection, 1))).containsExactly(collection.value(), "self");
    }
  }

  @Test
  void ofManyReposThoseThatAreHeldAreTold() throws Exception {
    Set<Did> holding = new HashSet<>();
    List<Did> asked = new ArrayList<>();
    List<RecordEvent> batch = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      asked.add(did(i));
      if (i % 3 == 0) {
        holding.add(did(i));
        batch.add(put(did(i), NOTE, "self", 1, "{}"));
        batch.add(put(did(i), NOTE, "other", 1, "{}"));
      }
    }
    batch.add(put(Did.parse("did:web:Example.com"), NOTE, "self", 1, "{}"));
    batch.add(put(longestDid(), NOTE, "self", 1, "{}"));
    sink().write(batch);

    assertThat(held().holding(asked)).isEqualTo(holding);
    assertThat(held().holding(List.of(did(3), did(4), did(3)))).containsExactly(did(3));
    assertThat(held().holding(List.of(Did.parse("did:web:example.com"), longestDid())))
        .containsExactly(longestDid());
  }

  @Test
  void manyRecordsAreHeldPageByPage() throws Exception {
    List<RecordEvent> puts = new ArrayList<>();
    for (int i = 0; i < 2500; i++) {
      puts.add(put(did(1), NOTE, "k" + i, 1 + i, "{\"n\":" + i + "}"));
      puts.add(put(did(2), NOTE, "k" + i, 1 + i, "{\"n\":" + -i + "}"));
    }
    sink().write(puts);
    List<HeldRecord> expected =
        puts.stream()
            .filter(put -> put.did().equals(did(1)))
            .map(put -> heldAs((RecordPut) put))
            .sorted((a, b) -> a.rkey().compareTo(b.rkey()))
            .toList();

    for (int most : List.of(100, 999, 5000)) {
      assertThat(walk(did(1), NOTE, most)).isEqualTo(expected);
    }
  }

  @Test
  void whatStaysIsHeldOnceThoughOthersComeAndGo() throws Exception {
    for (String key : List.of("b", "c", "d", "f", "g", "h")) {
      write(note(key, 1, key));
    }
    List<HeldRecord> told = new ArrayList<>();
    List<HeldRecord> page = page(did(1), NOTE, null, 2);
    for (int round = 0; !page.isEmpty(); round++) {
      told.addAll(page);
      if (round == 0) {
        write(delete("b", 2), delete("h", 2));
      } else {
        write(note("a" + round, 2, "behind"));
      }
      page = page(did(1), NOTE, last(page), 2);
    }

    assertThat(keys(told)).doesNotHaveDuplicates().contains("c", "d", "f", "g");
  }

  @Test
  void severalMayAskWhileOthersWrite() throws Exception {
    List<RecordEvent> puts = new ArrayList<>();
    Set<String> standing = new TreeSet<>();
    for (int i = 100; i < 300; i++) {
      standing.add("k" + i);
      puts.add(put(did(1), NOTE, "k" + i, 1, "{\"n\":" + i + "}"));
    }
    sink().write(puts);
    // Asked here, where a sink that cannot tell is let off.
    HeldRecords held = held();

    AtOnce.call(
        thread -> {
          for (int round = 0; round < 10; round++) {
            if (thread % 2 == 0) {
              Did mine = thread == 0 ? did(1) : did(2 + thread);
              RecordKey coming = RecordKey.parse("k" + (150 + round) + "-" + thread);
              sink().write(List.of(put(mine, NOTE, coming.value(), 2, "{}")));
              sink().write(List.of(new RecordDelete(mine, NOTE, coming, Samples.rev(2))));
            } else {
              List<String> told = keys(walk(did(1), NOTE, 20));
              assertThat(told).doesNotHaveDuplicates().containsAll(standing);
              assertThat(held.holding(List.of(did(1)))).containsExactly(did(1));
            }
          }
          return thread;
        });

    assertThat(keys(walk(did(1), NOTE, 1000))).containsExactlyElementsOf(standing);
  }

  @Test
  void whatIsHeldIsToldByTheNextSink() throws Exception {
    RecordPut put = note("a", 2, "one");
    write(put);

    reopen();

    assertThat(held().holding(List.of(did(1)))).containsExactly(did(1));
    assertThat(held().collections(did(1))).containsExactly(NOTE);
    assertThat(walk(did(1), NOTE, 10)).containsExactly(heldAs(put));
  }
}

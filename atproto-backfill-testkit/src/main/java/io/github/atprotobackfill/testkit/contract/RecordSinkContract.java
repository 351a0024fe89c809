package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.WEIRD;
import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static io.github.atprotobackfill.testkit.contract.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What {@link RecordSink} promises: the same events may come twice and in any batches, the newest
 * stands, and no record breaks another; what the sink says that it holds is what it holds, and it
 * does with accounts and whole repos as it is told. Extend it and give it a {@link SinkHarness}.
 */
public abstract class RecordSinkContract extends AccountContract {

  private static final String KEY_CHARACTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~:";

  @Test
  void textThatStoragesRefuseBreaksNoBatch() throws Exception {
    List<RecordPut> batch = new ArrayList<>();
    List<String> refused =
        List.of(
            "{\"text\":\"a\\u0000b\"}",
            "{\"text\":{\"deep\":[\"\\u0000\"]}}",
            "{\"a\\u0000b\":\"in a key\"}",
            "{\"text\":\"\\\\\\u0000\"}",
            "{\"text\":\"half a pair \\ud83d\"}",
            "{\"text\":\"the other half \\ude00\"}");
    for (String json : refused) {
      batch.add(note("before-" + batch.size(), 1, "harmless"));
      batch.add(put(did(1), NOTE, "refused-" + batch.size(), 1, json));
      batch.add(put(did(2), NOTE, "after-" + batch.size(), 1, "{\"text\":\"harmless\"}"));
    }

    sink().write(List.copyOf(batch));
    sink().write(List.copyOf(batch));

    assertStored(batch);
  }

  @Test
  void textThatOnlyLooksRefusedIsKeptAsItIs() throws Exception {
    RecordPut noEscape = put(did(1), NOTE, "a", 1, "{\"text\":\"a backslash and \\\\u0000\"}");
    RecordPut pair = put(did(1), NOTE, "b", 1, "{\"text\":\"\\ud83d\\ude00 \\\\ud83d\"}");

    write(noEscape, pair);

    assertThat(tree(stored(noEscape.uri()).json()).path("text").asText())
        .isEqualTo("a backslash and \\u0000");
    assertThat(tree(stored(pair.uri()).json()).path("text").asText())
        .isEqualTo("\ud83d\ude00 \\ud83d");
  }

  @Test
  void anyOtherTextIsKeptAsItIs() throws Exception {
    RecordPut weird = note("weird", 1, WEIRD);
    RecordPut composed = note("composed", 1, "caf\u00e9");
    RecordPut decomposed = note("decomposed", 1, "cafe\u0301");
    RecordPut escaped =
        put(did(1), NOTE, "escaped", 1, "{\"caf\\u00e9\":\"\\ud83d\\ude80\\u2028\\\"\\/\\\\\"}");
    RecordPut spaced = put(did(1), NOTE, "spaced", 1, " {\n \"a\" : [ 1 , {} , [] , null ] }\r\n");

    write(weird, composed, decomposed, escaped, spaced);

    assertStored(weird, composed, decomposed, escaped, spaced);
  }

  @Test
  void recordKeysOfEveryFormAreRecordsOfTheirOwn() throws Exception {
    List<RecordPut> puts = new ArrayList<>();
    String longest = text(new Random(512), KEY_CHARACTERS, RecordKey.MAX_LENGTH);
    List<String> keys =
        List.of(
            "-",
            "_",
            "~",
            ":",
            "-.",
            "..~",
            "a:b",
            "a.b",
            "a",
            "A",
            "self",
            "Self",
            "0",
            "00",
            "lit:eral",
            longest,
            longest.substring(0, 511));
    for (String key : keys) {
      puts.add(put(did(1), NOTE, key, 1, "{\"key\":\"" + key + "\"}"));
    }

    sink().write(List.copyOf(puts));
    sink().write(List.copyOf(puts));

    assertStored(puts);
  }

  @Test
  void theSameKeyInAnotherRepoOrCollectionIsAnotherRecord() throws Exception {
    List<RecordPut> puts = new ArrayList<>();
    List<Did> dids =
        List.of(
            did(1),
            Did.parse("did:web:example.com"),
            Did.parse("did:web:Example.com"),
            Did.parse("did:web:" + "a-63-letter-label.".repeat(13) + "example.com%3A65535"));
    List<Nsid> collections =
        List.of(NOTE, Nsid.parse("com.example.Note"), Nsid.parse("com.example.noteNote"));
    for (Did did : dids) {
      for (Nsid collection : collections) {
        puts.add(put(did, collection, "self", 1, "{\"of\":\"" + did + " " + collection + "\"}"));
      }
    }

    sink().write(List.copyOf(puts));
    assertStored(puts);

    RecordPut gone = puts.remove(0);
    write(new RecordDelete(gone.did(), gone.collection(), gone.rkey(), rev(2)));
    assertStored(puts);
  }

  @Test
  void aBatchOfTwoThousandEventsMaySpanRepos() throws Exception {
    Map<AtUri, RecordPut> expected = new LinkedHashMap<>();
    List<RecordEvent> batch = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      String json = "{\"n\":" + i + ",\"text\":\"" + "x".repeat(i % 700) + "\"}";
      // The last five hundred come to URIs that are in the batch already.
      int record = i % 1500;
      RecordPut put = put(did(record % 40), NOTE, "k" + record, 1 + i, json);
      batch.add(put);
      expected.put(put.uri(), put);
      if (i % 10 == 9) {
        batch.set(i, new RecordDelete(put.did(), NOTE, put.rkey(), put.rev()));
        expected.remove(put.uri());
      }
    }

    sink().write(batch);

    assertStored(List.copyOf(expected.values()));
  }

  @Test
  void aLargeRecordIsKeptWhole() throws Exception {
    RecordPut large = note("large", 1, "\u00e9".repeat(500_000));

    write(large, note("small", 1, "small"));

    assertStored(large, note("small", 1, "small"));
  }

  @Test
  void severalMayWriteAtOnceEachOtherRepos() throws Exception {
    List<List<RecordPut>> written =
        AtOnce.call(
            thread -> {
              List<RecordPut> mine = new ArrayList<>();
              for (int round = 0; round < 10; round++) {
                List<RecordEvent> batch = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                  // The same keys, in repos that nobody else writes.
                  Did did = did(thread * 5 + i % 5);
                  RecordPut put = put(did, NOTE, round + "-" + i / 5, 1, "{\"t\":" + thread + "}");
                  batch.add(put);
                  mine.add(put);
                }
                sink().write(batch);
              }
              return mine;
            });

    assertStored(written.stream().flatMap(List::stream).toList());
  }

  @Test
  void whatWasWrittenIsThereForTheNextSink() throws Exception {
    write(note("a", 2, "one"), note("b", 2, "two"));

    reopen();

    assertStored(note("a", 2, "one"), note("b", 2, "two"));
    write(note("a", 1, "older"), note("b", 3, "changed"), note("c", 3, "new"));
    assertStored(note("a", 2, "one"), note("b", 3, "changed"), note("c", 3, "new"));
  }

  @Test
  void ofAnAtomicScopeThatThrowsNothingIsStored() throws Exception {
    AtomicScope scope = atomicScope();
    write(note("a", 1, "one"));

    assertThatThrownBy(
            () ->
                scope.run(
                    () -> {
                      write(note("a", 2, "changed"), note("b", 2, "new"));
                      throw new IllegalArgumentException("the lease was lost");
                    }))
        .hasMessage("the lease was lost");

    assertStored(note("a", 1, "one"));
  }

  @Test
  void ofAnAtomicScopeThatReturnsEverythingIsStored() throws Exception {
    AtomicScope scope = atomicScope();

    scope.run(
        () -> {
          write(note("a", 1, "one"));
          write(note("b", 1, "two"));
          return true;
        });

    assertThat(scope.joins(scope)).isTrue();
    assertStored(note("a", 1, "one"), note("b", 1, "two"));
  }

  private AtomicScope atomicScope() {
    assumeTrue(sink().atomicScope().isPresent(), "this sink has no atomic scope");
    return sink().atomicScope().orElseThrow();
  }
}

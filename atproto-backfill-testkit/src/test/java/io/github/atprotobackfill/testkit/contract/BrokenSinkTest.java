package io.github.atprotobackfill.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of sinks turns red on each of these. */
class BrokenSinkTest {

  enum Fault {
    NEVER_REPLACES(
        whichApplies((sink, event) -> !sink.records.containsKey(event.uri())),
        "aChangedRecordReplacesTheOneBefore",
        "aDeletedRecordIsGoneAndOthersStay",
        "atTheSameRevTheLaterWriteWins"),
    REFUSES_THE_SAME_REV(
        whichApplies(
            (sink, event) -> {
              RecordPut held = sink.records.get(event.uri());
              return held == null || held.rev().compareTo(event.rev()) < 0;
            }),
        "atTheSameRevTheLaterWriteWins",
        "ofOneUriTwiceInABatchTheLaterWins"),
    LOSES_THE_LATER_DUPLICATE(
        ofBatches(
            events -> {
              Set<AtUri> seen = new HashSet<>();
              return events.stream().filter(event -> seen.add(event.uri())).toList();
            }),
        "ofOneUriTwiceInABatchTheLaterWins"),
    REFUSES_DUPLICATES(
        ofBatches(
            events -> {
              Set<AtUri> seen = new HashSet<>();
              events.forEach(event -> check(seen.add(event.uri()), "cannot affect a row twice"));
              return events;
            }),
        "ofOneUriTwiceInABatchTheLaterWins",
        "theSameEventTwiceInABatchIsStoredOnce",
        "aBatchOfTwoThousandEventsMaySpanRepos"),
    DELETES_LAST(
        ofBatches(
            events ->
                events.stream().sorted(Comparator.comparing(BrokenSinkTest::deletes)).toList()),
        "ofOneUriTwiceInABatchTheLaterWins"),
    NEVER_DELETES(
        whichApplies((sink, event) -> event instanceof RecordPut),
        "aDeletedRecordIsGoneAndOthersStay"),
    LETS_OLDER_REVS_IN(
        records ->
            new MapSink(records) {
              @Override
              WriteCounts apply(RecordEvent event) {
                records.remove(event.uri());
                return super.apply(event);
              }
            },
        "anOlderRevNeverUndoesANewer",
        "anOlderRevDoesNotUndoANewerOfTheSameBatch",
        "whatWasWrittenIsThereForTheNextSink"),
    COUNTS_WHAT_IT_WAS_GIVEN(
        records ->
            new MapSink(records) {
              @Override
              public WriteCounts writeCounted(List<RecordEvent> events) {
                super.writeCounted(events);
                return WriteCounts.allWritten(events);
              }
            },
        "whatChangedIsCounted",
        "whatDidNotChangeIsCountedAsUnchangedUnderAnyRev"),
    REMOVES_WHAT_COMES_AGAIN(
        records ->
            new MapSink(records) {
              @Override
              WriteCounts apply(RecordEvent event) {
                WriteCounts counts = super.apply(event);
                if (counts.unchanged() > 0) {
                  records.remove(event.uri());
                }
                return counts;
              }
            },
        "everythingStaysTheSameWhenTheSameIsWrittenAgain",
        "theSameEventTwiceInABatchIsStoredOnce"),
    REFUSES_ZERO(
        ofBatches(
            events -> {
              events.forEach(
                  event -> check(!jsonOf(event).contains("\\u0000"), "unsupported escape"));
              return events;
            }),
        "textThatStoragesRefuseBreaksNoBatch"),
    REPLACES_WHAT_LOOKS_LIKE_ZERO(
        ofJson(json -> json.replace("\\u0000", "\\ufffd")), "textThatOnlyLooksRefusedIsKeptAsItIs"),
    LOSES_LETTERS(
        ofJson(json -> json.replaceAll("[^\\x00-\\x7f]", "?")), "anyOtherTextIsKeptAsItIs"),
    CUTS_RECORDS(
        ofJson(json -> json.length() < 60_000 ? json : json.substring(0, 60_000) + "\"}"),
        "aLargeRecordIsKeptWhole"),
    IGNORES_CASE(
        ofKeys(key -> key.toLowerCase(Locale.ROOT)), "recordKeysOfEveryFormAreRecordsOfTheirOwn"),
    CUTS_KEYS(
        ofKeys(key -> key.substring(0, Math.min(255, key.length()))),
        "recordKeysOfEveryFormAreRecordsOfTheirOwn"),
    KNOWS_RECORDS_BY_THEIR_KEY_ONLY(
        records ->
            new MapSink(records) {
              @Override
              WriteCounts apply(RecordEvent event) {
                records.keySet().removeIf(held -> sameKeyElsewhere(held, event.uri()));
                return super.apply(event);
              }
            },
        "theSameKeyInAnotherRepoOrCollectionIsAnotherRecord",
        "severalMayWriteAtOnceEachOtherRepos"),
    WRITES_A_THOUSAND_AT_MOST(
        ofBatches(events -> events.subList(0, Math.min(1000, events.size()))),
        "aBatchOfTwoThousandEventsMaySpanRepos"),
    KNOWS_ONE_THREAD(
        records -> {
          AtomicReference<Thread> owner = new AtomicReference<>();
          return new MapSink(records) {
            @Override
            public WriteCounts writeCounted(List<RecordEvent> events) {
              owner.compareAndSet(null, Thread.currentThread());
              check(owner.get() == Thread.currentThread(), "the database is locked");
              return super.writeCounted(events);
            }
          };
        },
        "severalMayWriteAtOnceEachOtherRepos"),
    STORES_NOTHING(
        records -> new MapSink(new HashMap<>()),
        "whatWasPutIsStored",
        "whatWasWrittenIsThereForTheNextSink"),
    SCOPE_LETS_STAND_WHAT_FAILED(
        records ->
            new MapSink(records) {
              @Override
              public <T> T run(Callable<T> work) throws Exception {
                return work.call();
              }
            },
        "ofAnAtomicScopeThatThrowsNothingIsStored"),
    SCOPE_FORGETS(
        records ->
            new MapSink(records) {
              @Override
              public <T> T run(Callable<T> work) throws Exception {
                T result = work.call();
                records.clear();
                return result;
              }
            },
        "ofAnAtomicScopeThatReturnsEverythingIsStored"),
    SCOPE_JOINS_NOTHING(
        records ->
            new MapSink(records) {
              @Override
              public boolean joins(AtomicScope other) {
                return false;
              }
            },
        "ofAnAtomicScopeThatReturnsEverythingIsStored");

    private final Function<Map<AtUri, RecordPut>, RecordSink> broken;
    private final Set<String> red;

    Fault(Function<Map<AtUri, RecordPut>, RecordSink> broken, String... red) {
      this.broken = broken;
      this.red = Set.of(red);
    }
  }

  private static Function<Map<AtUri, RecordPut>, RecordSink> current = MapSink::new;

  static final class Contract extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new MapSinkHarness(current);
    }
  }

  private static Set<String> redWith(Function<Map<AtUri, RecordPut>, RecordSink> sinks) {
    current = sinks;
    return Red.testsOf(Contract.class);
  }

  @ParameterizedTest
  @EnumSource
  void theContractTurnsRed(Fault fault) {
    assertThat(redWith(fault.broken)).containsAll(fault.red);
  }

  @Test
  void everyTestOfTheContractCanFailAndPass() {
    Set<String> canFail = new TreeSet<>();
    for (Fault fault : Fault.values()) {
      canFail.addAll(fault.red);
    }
    assertThat(canFail).isEqualTo(Red.allTestsOf(Contract.class));
    assertThat(redWith(MapSink::new)).isEmpty();
  }

  private interface Condition {
    boolean holds(MapSink sink, RecordEvent event);
  }

  private static Function<Map<AtUri, RecordPut>, RecordSink> whichApplies(Condition condition) {
    return records ->
        new MapSink(records) {
          @Override
          WriteCounts apply(RecordEvent event) {
            return condition.holds(this, event) ? super.apply(event) : WriteCounts.NONE;
          }
        };
  }

  private static Function<Map<AtUri, RecordPut>, RecordSink> ofBatches(
      UnaryOperator<List<RecordEvent>> change) {
    return records ->
        new MapSink(records) {
          @Override
          public WriteCounts writeCounted(List<RecordEvent> events) {
            return super.writeCounted(change.apply(events));
          }
        };
  }

  private static Function<Map<AtUri, RecordPut>, RecordSink> ofJson(UnaryOperator<String> change) {
    return ofPuts(
        put ->
            new RecordPut(
                put.did(),
                put.collection(),
                put.rkey(),
                put.cid(),
                put.rev(),
                RecordValue.ofJson(change.apply(put.value().jsonText()))));
  }

  private static Function<Map<AtUri, RecordPut>, RecordSink> ofKeys(UnaryOperator<String> change) {
    return ofPuts(
        put ->
            new RecordPut(
                put.did(),
                put.collection(),
                RecordKey.parse(change.apply(put.rkey().value())),
                put.cid(),
                put.rev(),
                put.value()));
  }

  private static Function<Map<AtUri, RecordPut>, RecordSink> ofPuts(
      UnaryOperator<RecordPut> change) {
    return records ->
        new MapSink(records) {
          @Override
          WriteCounts apply(RecordEvent event) {
            return super.apply(event instanceof RecordPut put ? change.apply(put) : event);
          }
        };
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalStateException(message);
    }
  }

  private static boolean deletes(RecordEvent event) {
    return event instanceof RecordDelete;
  }

  private static String jsonOf(RecordEvent event) {
    return event instanceof RecordPut put ? put.value().jsonText() : "";
  }

  private static boolean sameKeyElsewhere(AtUri held, AtUri next) {
    return held.rkey().equals(next.rkey()) && !held.equals(next);
  }
}

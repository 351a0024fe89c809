package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The contract of sinks turns red on each of these. */
class BrokenSinkTest extends RedContract<Function<MapStorage, RecordSink>> {

  BrokenSinkTest() {
    super(Contract.class, Fault.values(), MapSink::new, broken -> current = broken);
  }

  enum Fault implements RedContract.Fault<Function<MapStorage, RecordSink>> {
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
        storage ->
            new MapSink(storage) {
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
        storage ->
            new MapSink(storage) {
              @Override
              public WriteCounts writeCounted(List<RecordEvent> events) {
                super.writeCounted(events);
                return WriteCounts.allWritten(events);
              }
            },
        "whatChangedIsCounted",
        "whatDidNotChangeIsCountedAsUnchangedUnderAnyRev"),
    REMOVES_WHAT_COMES_AGAIN(
        storage ->
            new MapSink(storage) {
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
        storage ->
            new MapSink(storage) {
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
        storage -> {
          AtomicReference<Thread> owner = new AtomicReference<>();
          return new MapSink(storage) {
            @Override
            public WriteCounts writeCounted(List<RecordEvent> events) {
              owner.compareAndSet(null, Thread.currentThread());
              check(owner.get() == Thread.currentThread(), "the database is locked");
              return super.writeCounted(events);
            }
          };
        },
        "severalMayWriteAtOnceEachOtherRepos"),
    HOLDS_NOTHING(
        ofHeld(repo -> repo.clear()),
        "ofARecordTheNewestIsHeld",
        "keysAreHeldInTheOrderOfTheirBytes",
        "aPageBeginsStrictlyAfterItsKeyHeldOrNot",
        "noPageIsLongerThanAsked",
        "collectionsAreHeldEachByItself",
        "manyRecordsAreHeldPageByPage",
        "whatStaysIsHeldOnceThoughOthersComeAndGo",
        "severalMayAskWhileOthersWrite",
        "whatIsHeldIsToldByTheNextSink"),
    HOLDS_WHATEVER_IS_ASKED(
        storage ->
            new MapSink(storage) {
              @Override
              public Set<Did> holding(Collection<Did> repos) {
                return Set.copyOf(new HashSet<>(repos));
              }
            },
        "nothingIsHeldOfWhatWasNeverWritten",
        "ofARecordTheNewestIsHeld",
        "ofManyReposThoseThatAreHeldAreTold"),
    LOOKS_UP_A_THOUSAND_REPOS_AT_MOST(
        storage ->
            new MapSink(storage) {
              @Override
              public Set<Did> holding(Collection<Did> repos) {
                return super.holding(repos.stream().limit(1000).toList());
              }
            },
        "ofManyReposThoseThatAreHeldAreTold"),
    HOLDS_WHAT_WAS_DELETED(
        storage ->
            new MapSink(storage) {
              private final NavigableMap<RecordKey, HeldRecord> ever = new TreeMap<>();

              @Override
              public List<HeldRecord> page(
                  Did did, Nsid collection, @Nullable RecordKey after, int most) {
                super.page(did, collection, after, most)
                    .forEach(record -> ever.put(record.rkey(), record));
                var rest = after == null ? ever : ever.tailMap(after, false);
                return rest.values().stream().limit(most).toList();
              }
            },
        "ofARecordTheNewestIsHeld"),
    SORTS_AS_PEOPLE_DO(
        storage ->
            new MapSink(storage) {
              @Override
              public List<HeldRecord> page(
                  Did did, Nsid collection, @Nullable RecordKey after, int most) {
                Comparator<HeldRecord> order =
                    Comparator.comparing(
                        record -> record.rkey().value(), String.CASE_INSENSITIVE_ORDER);
                return super.page(did, collection, null, Integer.MAX_VALUE).stream()
                    .sorted(order)
                    .filter(
                        record ->
                            after == null
                                || record.rkey().value().compareToIgnoreCase(after.value()) > 0)
                    .limit(most)
                    .toList();
              }
            },
        "keysAreHeldInTheOrderOfTheirBytes"),
    BEGINS_A_PAGE_WITH_ITS_KEY(
        storage ->
            new MapSink(storage) {
              @Override
              public List<HeldRecord> page(
                  Did did, Nsid collection, @Nullable RecordKey after, int most) {
                return super.page(did, collection, null, Integer.MAX_VALUE).stream()
                    .filter(record -> after == null || record.rkey().compareTo(after) >= 0)
                    .limit(most)
                    .toList();
              }
            },
        "aPageBeginsStrictlyAfterItsKeyHeldOrNot"),
    GIVES_ALL_AT_ONCE(
        storage ->
            new MapSink(storage) {
              @Override
              public List<HeldRecord> page(
                  Did did, Nsid collection, @Nullable RecordKey after, int most) {
                return super.page(did, collection, after, Integer.MAX_VALUE);
              }
            },
        "noPageIsLongerThanAsked"),
    HAS_ONE_PAGE(
        storage ->
            new MapSink(storage) {
              @Override
              public List<HeldRecord> page(
                  Did did, Nsid collection, @Nullable RecordKey after, int most) {
                return after == null ? super.page(did, collection, null, most) : List.of();
              }
            },
        "manyRecordsAreHeldPageByPage",
        "aPageBeginsStrictlyAfterItsKeyHeldOrNot"),
    COUNTS_ITS_WAY(
        storage ->
            new MapSink(storage) {
              private int told;

              @Override
              public List<HeldRecord> page(
                  Did did, Nsid collection, @Nullable RecordKey after, int most) {
                told = after == null ? 0 : told;
                List<HeldRecord> page =
                    super.page(did, collection, null, Integer.MAX_VALUE).stream()
                        .skip(told)
                        .limit(most)
                        .toList();
                told += page.size();
                return page;
              }
            },
        "whatStaysIsHeldOnceThoughOthersComeAndGo"),
    TAKES_COLLECTIONS_BY_THEIR_BEGINNING(
        storage ->
            new MapSink(storage) {
              @Override
              public List<HeldRecord> page(
                  Did did, Nsid collection, @Nullable RecordKey after, int most) {
                NavigableMap<RecordKey, HeldRecord> all = new TreeMap<>();
                repo(did)
                    .forEach(
                        (other, records) -> {
                          if (other.value().startsWith(collection.value())) {
                            all.putAll(records);
                          }
                        });
                var rest = after == null ? all : all.tailMap(after, false);
                return rest.values().stream().limit(most).toList();
              }
            },
        "collectionsAreHeldEachByItself"),
    IS_ASKED_BY_ONE_THREAD(
        storage -> {
          Thread owner = Thread.currentThread();
          return new MapSink(storage) {
            @Override
            public List<HeldRecord> page(
                Did did, Nsid collection, @Nullable RecordKey after, int most) {
              check(owner == Thread.currentThread(), "the connection belongs to another thread");
              return super.page(did, collection, after, most);
            }
          };
        },
        "severalMayAskWhileOthersWrite"),
    HOLDS_WHAT_IT_WROTE_ITSELF(
        storage ->
            new MapSink(storage) {
              private final Set<Did> mine = new HashSet<>();

              @Override
              WriteCounts apply(RecordEvent event) {
                mine.add(event.did());
                return super.apply(event);
              }

              @Override
              public Set<Did> holding(Collection<Did> repos) {
                return super.holding(repos.stream().filter(mine::contains).toList());
              }
            },
        "whatIsHeldIsToldByTheNextSink"),
    LEAVES_WHAT_A_SNAPSHOT_DOES_NOT_NAME(
        ofSnapshots((put, snapshot, gone) -> false),
        "whatASnapshotDoesNotNameIsGone",
        "aSnapshotTellsNothingOfOtherReposAndCollections",
        "aSnapshotWithoutCollectionsIsOfAll",
        "whatIsNewerThanASnapshotStands",
        "theSameSnapshotMayComeAgain"),
    TAKES_A_SNAPSHOT_FOR_EVERY_COLLECTION(
        ofSnapshots(
            (put, snapshot, gone) ->
                gone || (put.did().equals(snapshot.did()) && !snapshot.collections().isEmpty())),
        "aSnapshotTellsNothingOfOtherReposAndCollections"),
    TAKES_A_SNAPSHOT_FOR_EVERY_REPO(
        ofSnapshots((put, snapshot, gone) -> gone || !put.did().equals(snapshot.did())),
        "aSnapshotTellsNothingOfOtherReposAndCollections"),
    TAKES_NO_COLLECTIONS_FOR_NONE(
        ofSnapshots((put, snapshot, gone) -> gone && !snapshot.collections().isEmpty()),
        "aSnapshotWithoutCollectionsIsOfAll"),
    REMOVES_WHAT_IS_NEWER_THAN_A_SNAPSHOT(
        ofSnapshots((put, snapshot, gone) -> gone || put.rev().isAfter(snapshot.rev())),
        "whatIsNewerThanASnapshotStands",
        "theSameSnapshotMayComeAgain"),
    TAKES_NO_NOTICE_OF_ACCOUNTS(
        ofAccounts((sink, event) -> {}),
        "recordsOfAnAccountThatIsNotActiveAreNotShown",
        "ofADeletedAccountNothingComesBackByItself",
        "ofEquallyLateAccountEventsTheLastHolds",
        "theSameAccountEventMayComeAgain",
        "howAnAccountStandsIsKeptForTheNextSink",
        "anAccountMayBeHiddenBeforeItsRecordsCome"),
    GOES_BY_THE_WORD(
        ofAccounts(
            (sink, event) ->
                sink.accounts.put(
                    event.did(),
                    new AccountEvent(
                        event.did(), event.status().equals("active"), event.status(), event.at()))),
        "activeDecidesAndNotTheWord"),
    HIDES_FOR_EVER(
        ofAccounts(
            (sink, event) -> {
              if (!event.active()) {
                sink.note(event);
              }
            }),
        "anAccountThatIsActiveAgainIsShownAgain",
        "howAnAccountStandsIsKeptForTheNextSink"),
    BURIES_THE_DELETED(
        ofAccounts(
            (sink, event) -> {
              AccountEvent noted = sink.accounts.get(event.did());
              if (noted == null || !noted.isDeleted()) {
                sink.note(event);
              }
            }),
        "ofADeletedAccountNothingComesBackByItself"),
    LETS_OLDER_ACCOUNT_EVENTS_IN(ofAccounts(MapSink::note), "anOlderAccountEventUndoesNothing"),
    REFUSES_EQUALLY_LATE_ACCOUNT_EVENTS(
        ofAccounts(
            (sink, event) -> {
              AccountEvent noted = sink.accounts.get(event.did());
              if (noted == null || noted.at().isBefore(event.at())) {
                sink.note(event);
              }
            }),
        "ofEquallyLateAccountEventsTheLastHolds"),
    SHOWS_WHAT_IS_HIDDEN_AGAIN(
        ofAccounts(
            (sink, event) -> {
              if (event.equals(sink.accounts.get(event.did()))) {
                sink.accounts.remove(event.did());
              } else {
                sink.note(event);
              }
            }),
        "theSameAccountEventMayComeAgain"),
    REMEMBERS_ACCOUNTS_UNTIL_IT_IS_CLOSED(
        storage ->
            new MapSink(storage) {
              @Override
              public void close() {
                accounts.clear();
              }
            },
        "howAnAccountStandsIsKeptForTheNextSink"),
    KNOWS_NO_ACCOUNT_WITHOUT_RECORDS(
        ofAccounts(
            (sink, event) -> {
              if (!sink.repo(event.did()).isEmpty()) {
                sink.note(event);
              }
            }),
        "anAccountMayBeHiddenBeforeItsRecordsCome"),
    STORES_NOTHING(
        storage -> new MapSink(new MapStorage()),
        "whatWasPutIsStored",
        "whatWasWrittenIsThereForTheNextSink"),
    SCOPE_LETS_STAND_WHAT_FAILED(
        storage ->
            new MapSink(storage) {
              @Override
              public <T> T run(Callable<T> work) throws Exception {
                return work.call();
              }
            },
        "ofAnAtomicScopeThatThrowsNothingIsStored"),
    SCOPE_FORGETS(
        storage ->
            new MapSink(storage) {
              @Override
              public <T> T run(Callable<T> work) throws Exception {
                T result = work.call();
                records.clear();
                return result;
              }
            },
        "ofAnAtomicScopeThatReturnsEverythingIsStored"),
    SCOPE_JOINS_NOTHING(
        storage ->
            new MapSink(storage) {
              @Override
              public boolean joins(AtomicScope other) {
                return false;
              }
            },
        "ofAnAtomicScopeThatReturnsEverythingIsStored");

    private final Function<MapStorage, RecordSink> broken;
    private final Set<String> red;

    Fault(Function<MapStorage, RecordSink> broken, String... red) {
      this.broken = broken;
      this.red = Set.of(red);
    }

    @Override
    public Function<MapStorage, RecordSink> broken() {
      return broken;
    }

    @Override
    public Set<String> red() {
      return red;
    }
  }

  private static Function<MapStorage, RecordSink> current = MapSink::new;

  static final class Contract extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new MapSinkHarness(current);
    }
  }

  private interface Condition {
    boolean holds(MapSink sink, RecordEvent event);
  }

  private static Function<MapStorage, RecordSink> whichApplies(Condition condition) {
    return storage ->
        new MapSink(storage) {
          @Override
          WriteCounts apply(RecordEvent event) {
            return condition.holds(this, event) ? super.apply(event) : WriteCounts.NONE;
          }
        };
  }

  private static Function<MapStorage, RecordSink> ofHeld(
      Consumer<NavigableMap<Nsid, NavigableMap<RecordKey, HeldRecord>>> change) {
    return storage ->
        new MapSink(storage) {
          @Override
          NavigableMap<Nsid, NavigableMap<RecordKey, HeldRecord>> repo(Did did) {
            var repo = super.repo(did);
            change.accept(repo);
            return repo;
          }
        };
  }

  private interface Removal {
    boolean of(RecordPut put, RepoSnapshot snapshot, boolean gone);
  }

  private static Function<MapStorage, RecordSink> ofSnapshots(Removal removal) {
    return storage ->
        new MapSink(storage) {
          @Override
          boolean isGone(RecordPut put, RepoSnapshot snapshot, Set<AtUri> keys) {
            return removal.of(put, snapshot, super.isGone(put, snapshot, keys));
          }
        };
  }

  private static Function<MapStorage, RecordSink> ofAccounts(
      BiConsumer<MapSink, AccountEvent> noting) {
    return storage ->
        new MapSink(storage) {
          @Override
          public void account(AccountEvent event) {
            noting.accept(this, event);
          }
        };
  }

  private static Function<MapStorage, RecordSink> ofBatches(
      UnaryOperator<List<RecordEvent>> change) {
    return storage ->
        new MapSink(storage) {
          @Override
          public WriteCounts writeCounted(List<RecordEvent> events) {
            return super.writeCounted(change.apply(events));
          }
        };
  }

  private static Function<MapStorage, RecordSink> ofJson(UnaryOperator<String> change) {
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

  private static Function<MapStorage, RecordSink> ofKeys(UnaryOperator<String> change) {
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

  private static Function<MapStorage, RecordSink> ofPuts(UnaryOperator<RecordPut> change) {
    return storage ->
        new MapSink(storage) {
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

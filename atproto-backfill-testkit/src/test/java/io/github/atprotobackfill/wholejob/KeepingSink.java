package io.github.atprotobackfill.wholejob;

import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps records and what is told of accounts, and does all that a sink can do about deletes. */
class KeepingSink implements RecordSink, HeldRecords {

  /** How it finds out what is gone. */
  enum Kind {
    TELLS_WHAT_IT_HOLDS,
    WANTS_SNAPSHOTS
  }

  private final Kind kind;
  private final Map<Did, NavigableMap<Nsid, NavigableMap<RecordKey, RecordPut>>> repos =
      new HashMap<>();
  final Map<Did, AccountEvent> accounts = new HashMap<>();

  /** Events that changed anything, and snapshots by which something was removed. */
  int changes;

  int puts;
  int snapshots;

  KeepingSink(Kind kind) {
    this.kind = kind;
  }

  @Override
  public void write(List<RecordEvent> events) throws Exception {
    writeCounted(events);
  }

  @Override
  public synchronized WriteCounts writeCounted(List<RecordEvent> events) throws Exception {
    WriteCounts counts = WriteCounts.NONE;
    for (RecordEvent event : events) {
      counts = counts.plus(apply(event));
    }
    changes += (int) (counts.written() + counts.deleted());
    return counts;
  }

  private WriteCounts apply(RecordEvent event) {
    NavigableMap<RecordKey, RecordPut> collection =
        repos
            .computeIfAbsent(event.did(), did -> new TreeMap<>())
            .computeIfAbsent(event.collection(), c -> new TreeMap<>());
    RecordPut before = collection.get(event.rkey());
    boolean older = before != null && event.rev().compareTo(before.rev()) < 0;
    if (event instanceof RecordPut put) {
      puts++;
      if (older || (before != null && before.cid().equals(put.cid()))) {
        return new WriteCounts(0, 1, 0);
      }
      collection.put(put.rkey(), put);
      return new WriteCounts(1, 0, 0);
    }
    if (before == null || older) {
      return WriteCounts.NONE;
    }
    collection.remove(event.rkey());
    return new WriteCounts(0, 0, 1);
  }

  /** Removes a record, as somebody would who does not know of this library. */
  synchronized void removeByOtherHands(AtUri uri) {
    repos.get(uri.did()).get(uri.collection()).remove(uri.rkey());
  }

  /** What it holds of accounts that are not hidden. */
  synchronized Map<AtUri, Cid> visible() {
    Map<AtUri, Cid> visible = new HashMap<>();
    repos.forEach(
        (did, repo) -> {
          if (accounts
              .getOrDefault(did, AccountEvent.active(did, java.time.Instant.EPOCH))
              .active()) {
            repo.values()
                .forEach(of -> of.values().forEach(put -> visible.put(put.uri(), put.cid())));
          }
        });
    return visible;
  }

  synchronized long held(Did did) {
    return repo(did).values().stream().mapToLong(Map::size).sum();
  }

  private NavigableMap<Nsid, NavigableMap<RecordKey, RecordPut>> repo(Did did) {
    return repos.getOrDefault(did, new TreeMap<>());
  }

  // ---- what it holds

  @Override
  public Optional<HeldRecords> held() {
    return kind == Kind.TELLS_WHAT_IT_HOLDS ? Optional.of(this) : Optional.empty();
  }

  @Override
  public synchronized Set<Did> holding(Collection<Did> dids) {
    return dids.stream().filter(did -> held(did) > 0).collect(Collectors.toSet());
  }

  @Override
  public synchronized NavigableSet<Nsid> collections(Did did) {
    NavigableSet<Nsid> held = new TreeSet<>();
    repo(did)
        .forEach(
            (collection, records) -> {
              if (!records.isEmpty()) {
                held.add(collection);
              }
            });
    return held;
  }

  @Override
  public synchronized List<HeldRecord> page(
      Did did, Nsid collection, @Nullable RecordKey after, int most) {
    NavigableMap<RecordKey, RecordPut> all = repo(did).getOrDefault(collection, new TreeMap<>());
    return (after == null ? all : all.tailMap(after, false))
        .values().stream()
            .limit(most)
            .map(put -> new HeldRecord(put.rkey(), put.cid(), put.rev()))
            .toList();
  }

  // ---- what it is told

  @Override
  public boolean wantsSnapshots() {
    return kind == Kind.WANTS_SNAPSHOTS;
  }

  @Override
  public void complete(RepoSnapshot snapshot) throws Exception {
    Set<AtUri> keys = new HashSet<>();
    snapshot.forEachKey(
        (collection, rkey, cid) -> keys.add(new AtUri(snapshot.did(), collection, rkey)));
    remove(snapshot, keys);
  }

  private synchronized void remove(RepoSnapshot snapshot, Set<AtUri> keys) {
    snapshots++;
    repo(snapshot.did())
        .forEach(
            (collection, records) -> {
              if (snapshot.collections().isEmpty() || snapshot.collections().contains(collection)) {
                boolean any =
                    records
                        .values()
                        .removeIf(
                            put ->
                                !keys.contains(put.uri())
                                    && put.rev().compareTo(snapshot.rev()) <= 0);
                changes += any ? 1 : 0;
              }
            });
  }

  @Override
  public synchronized void account(AccountEvent event) {
    AccountEvent before = accounts.get(event.did());
    if (before == null || !before.at().isAfter(event.at())) {
      accounts.put(event.did(), event);
      if (event.isDeleted()) {
        repos.remove(event.did());
      }
    }
  }
}

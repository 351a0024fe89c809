package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The plainest sink that keeps every promise; what is wrong is made from it by overriding. */
class MapSink implements RecordSink, AtomicScope, HeldRecords {

  final Map<AtUri, RecordPut> records;
  final Map<Did, AccountEvent> accounts;
  private final ReentrantLock lock = new ReentrantLock();

  MapSink(MapStorage storage) {
    this.records = storage.records();
    this.accounts = storage.accounts();
  }

  @Override
  public void write(List<RecordEvent> events) {
    writeCounted(events);
  }

  @Override
  public WriteCounts writeCounted(List<RecordEvent> events) {
    lock.lock();
    try {
      WriteCounts counts = WriteCounts.NONE;
      for (RecordEvent event : events) {
        counts = counts.plus(apply(event));
      }
      return counts;
    } finally {
      lock.unlock();
    }
  }

  WriteCounts apply(RecordEvent event) {
    RecordPut held = records.get(event.uri());
    boolean older = held != null && event.rev().compareTo(held.rev()) < 0;
    if (event instanceof RecordDelete) {
      boolean deletes = held != null && !older && records.remove(event.uri()) != null;
      return new WriteCounts(0, 0, deletes ? 1 : 0);
    }
    RecordPut put = (RecordPut) event;
    if (older || (held != null && held.cid().equals(put.cid()))) {
      return new WriteCounts(0, 1, 0);
    }
    records.put(put.uri(), put);
    return new WriteCounts(1, 0, 0);
  }

  @Override
  public Optional<HeldRecords> held() {
    return Optional.of(this);
  }

  /** The records that are held of a repo, by collection and key. */
  NavigableMap<Nsid, NavigableMap<RecordKey, HeldRecord>> repo(Did did) {
    lock.lock();
    try {
      NavigableMap<Nsid, NavigableMap<RecordKey, HeldRecord>> repo = new TreeMap<>();
      for (RecordPut put : records.values()) {
        if (put.did().equals(did)) {
          repo.computeIfAbsent(put.collection(), collection -> new TreeMap<>())
              .put(put.rkey(), new HeldRecord(put.rkey(), put.cid(), put.rev()));
        }
      }
      return repo;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Set<Did> holding(Collection<Did> repos) {
    lock.lock();
    try {
      Set<Did> holding = records.values().stream().map(RecordPut::did).collect(Collectors.toSet());
      holding.retainAll(Set.copyOf(repos));
      return holding;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public NavigableSet<Nsid> collections(Did did) {
    return repo(did).navigableKeySet();
  }

  @Override
  public List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most) {
    NavigableMap<RecordKey, HeldRecord> all =
        repo(did).getOrDefault(collection, Collections.emptyNavigableMap());
    NavigableMap<RecordKey, HeldRecord> rest = after == null ? all : all.tailMap(after, false);
    return rest.values().stream().limit(most).toList();
  }

  @Override
  public boolean wantsSnapshots() {
    return true;
  }

  @Override
  public void complete(RepoSnapshot snapshot) throws Exception {
    Set<AtUri> keys = new HashSet<>();
    snapshot.forEachKey(
        (collection, rkey, cid) -> keys.add(new AtUri(snapshot.did(), collection, rkey)));
    lock.lock();
    try {
      records.values().removeIf(put -> isGone(put, snapshot, keys));
    } finally {
      lock.unlock();
    }
  }

  boolean isGone(RecordPut put, RepoSnapshot snapshot, Set<AtUri> keys) {
    return put.did().equals(snapshot.did())
        && (snapshot.collections().isEmpty() || snapshot.collections().contains(put.collection()))
        && !keys.contains(put.uri())
        && !put.rev().isAfter(snapshot.rev());
  }

  @Override
  public void account(AccountEvent event) {
    lock.lock();
    try {
      AccountEvent noted = accounts.get(event.did());
      if (noted == null || !noted.at().isAfter(event.at())) {
        note(event);
      }
    } finally {
      lock.unlock();
    }
  }

  void note(AccountEvent event) {
    accounts.put(event.did(), event);
    if (event.isDeleted()) {
      records.values().removeIf(put -> put.did().equals(event.did()));
    }
  }

  @Override
  public Optional<AtomicScope> atomicScope() {
    return Optional.of(this);
  }

  @Override
  public boolean joins(AtomicScope other) {
    return other == this;
  }

  @Override
  public <T> T run(Callable<T> work) throws Exception {
    lock.lock();
    Map<AtUri, RecordPut> before = new HashMap<>(records);
    try {
      return work.call();
    } catch (Exception e) {
      records.clear();
      records.putAll(before);
      throw e;
    } finally {
      lock.unlock();
    }
  }
}

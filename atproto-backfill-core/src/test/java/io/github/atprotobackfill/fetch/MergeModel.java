package io.github.atprotobackfill.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.atprotobackfill.repo.BlockCid;
import io.github.atprotobackfill.repo.DagCbor;
import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A repo and what is held of it, made at random, and what any merge of the two must come to. Some
 * records of the repo are no records.
 */
final class MergeModel {

  static final Did ALICE = RepoHostFixture.ALICE;
  static final Tid OLDER = Tid.parse("3jzfcijpj2z22");
  static final Tid REV = RepoHostFixture.REV;
  static final Tid NEWER = RepoHostFixture.LATER;

  /** Each begins another one, or sorts otherwise as a name than as part of a path. */
  static final List<Nsid> COLLECTIONS =
      List.of(
          Nsid.parse("com.ex.note"),
          Nsid.parse("com.ex.note.d"),
          Nsid.parse("com.ex.note-d.x"),
          Nsid.parse("com.ex.noted"),
          Nsid.parse("com.ex.zoo"));

  /** A record of the repo: a block, true to its hash, that may be no record. */
  record Stored(byte[] block, boolean valid) {

    Cid cid() {
      return BlockCid.of(block).text();
    }

    byte[] json() {
      return DagCbor.recordToJson(block, 0, block.length);
    }
  }

  final NavigableMap<Nsid, NavigableMap<RecordKey, Stored>> repo = new TreeMap<>();
  final Held held;

  private MergeModel(int mostOnPage) {
    held = new Held(mostOnPage);
  }

  static MergeModel random(Random random, int keys) {
    MergeModel model = new MergeModel(1 + random.nextInt(8));
    for (Nsid collection : COLLECTIONS) {
      if (random.nextInt(5) > 0) {
        for (int i = random.nextInt(keys + 1); i > 0; i--) {
          RecordKey key = RecordKey.parse(Integer.toString(random.nextInt(4 * keys), 36));
          model.add(collection, key, random);
        }
      }
    }
    return model;
  }

  private void add(Nsid collection, RecordKey key, Random random) {
    int kind = random.nextInt(10);
    Stored stored = random.nextInt(12) == 0 ? flawed(random) : sound(random);
    if (kind < 7) {
      repo.computeIfAbsent(collection, c -> new TreeMap<>()).put(key, stored);
    } else {
      remove(collection, key);
    }
    if (kind > 3) {
      Cid cid = kind == 4 || kind == 5 ? stored.cid() : sound(random).cid();
      Tid rev = List.of(OLDER, REV, NEWER).get(random.nextInt(3));
      held.put(collection, new HeldRecord(key, cid, rev));
    }
  }

  private void remove(Nsid collection, RecordKey key) {
    NavigableMap<RecordKey, Stored> there = repo.get(collection);
    if (there != null && there.remove(key) != null && there.isEmpty()) {
      repo.remove(collection);
    }
  }

  private static Stored sound(Random random) {
    return new Stored(
        DagCbor.encodeJson(("{\"n\":" + random.nextInt(50) + "}").getBytes(UTF_8)), true);
  }

  /** An array, which is not what a record is. */
  private static Stored flawed(Random random) {
    return new Stored(new byte[] {(byte) 0x81, (byte) random.nextInt(20)}, false);
  }

  Map<String, byte[]> blocks() {
    Map<String, byte[]> blocks = new TreeMap<>();
    repo.forEach(
        (collection, records) ->
            records.forEach((key, stored) -> blocks.put(collection + "/" + key, stored.block())));
    return blocks;
  }

  // ---- what must come of it

  /** What a merge brought, or must bring; events are told apart by kind, path and content. */
  record Outcome(Set<String> events, long unchanged, int rejected) {}

  Outcome expected(Set<Nsid> scope) {
    return expected(scope, false);
  }

  /** Where it is listed, a host's records are looked at before what is held. */
  Outcome expectedOfListing() {
    return expected(Set.of(), true);
  }

  private Outcome expected(Set<Nsid> scope, boolean listed) {
    Set<String> events = new TreeSet<>();
    long unchanged = 0;
    int rejected = 0;
    for (Nsid collection : COLLECTIONS) {
      if (!scope.isEmpty() && !scope.contains(collection)) {
        continue;
      }
      NavigableMap<RecordKey, Stored> there = repo.getOrDefault(collection, new TreeMap<>());
      for (Map.Entry<RecordKey, Stored> entry : there.entrySet()) {
        HeldRecord same = held.get(collection, entry.getKey());
        if (listed && !entry.getValue().valid()) {
          rejected++;
        } else if (same != null && same.cid().equals(entry.getValue().cid())) {
          unchanged++;
        } else if (entry.getValue().valid()) {
          events.add("put " + collection + "/" + entry.getKey() + " " + entry.getValue().cid());
        } else {
          rejected++;
        }
      }
      for (HeldRecord record : held.all(collection)) {
        if (!there.containsKey(record.rkey()) && record.rev().compareTo(REV) <= 0) {
          events.add("delete " + collection + "/" + record.rkey());
        }
      }
    }
    return new Outcome(events, unchanged, rejected);
  }

  static Outcome outcome(Collection<FetchTurn.Page> pages) {
    Set<String> events = new TreeSet<>();
    long unchanged = 0;
    int rejected = 0;
    for (FetchTurn.Page page : pages) {
      for (RecordEvent event : page.events()) {
        if (!events.add(said(event))) {
          throw new AssertionError("came twice: " + said(event));
        }
      }
      unchanged += page.unchanged();
      rejected += page.rejected().size();
    }
    return new Outcome(events, unchanged, rejected);
  }

  private static String said(RecordEvent event) {
    String path = event.collection() + "/" + event.rkey();
    return event instanceof RecordPut put ? "put " + path + " " + put.cid() : "delete " + path;
  }

  // ---- what is held

  /** Is asked for its records in pages of a given size. */
  static final class Held implements HeldRecords {

    private final NavigableMap<Nsid, NavigableMap<RecordKey, HeldRecord>> records = new TreeMap<>();
    final int mostOnPage;

    private Held(int mostOnPage) {
      this.mostOnPage = mostOnPage;
    }

    void put(Nsid collection, HeldRecord record) {
      records.computeIfAbsent(collection, c -> new TreeMap<>()).put(record.rkey(), record);
    }

    @Nullable HeldRecord get(Nsid collection, RecordKey key) {
      return records.getOrDefault(collection, new TreeMap<>()).get(key);
    }

    List<HeldRecord> all(Nsid collection) {
      return List.copyOf(records.getOrDefault(collection, new TreeMap<>()).values());
    }

    /** Does what a sink does. */
    void apply(RecordEvent event) {
      HeldRecord before = get(event.collection(), event.rkey());
      if (before != null && before.rev().compareTo(event.rev()) > 0) {
        return;
      }
      if (event instanceof RecordPut put) {
        put(put.collection(), new HeldRecord(put.rkey(), put.cid(), put.rev()));
      } else if (event instanceof RecordDelete && before != null) {
        NavigableMap<RecordKey, HeldRecord> left = records.get(event.collection());
        left.remove(event.rkey());
        if (left.isEmpty()) {
          records.remove(event.collection());
        }
      }
    }

    /** All paths and the CIDs held there. */
    Map<String, Cid> content() {
      Map<String, Cid> content = new TreeMap<>();
      records.forEach(
          (collection, of) ->
              of.forEach((key, record) -> content.put(collection + "/" + key, record.cid())));
      return content;
    }

    @Override
    public Set<Did> holding(Collection<Did> repos) {
      return Set.copyOf(repos);
    }

    @Override
    public NavigableSet<Nsid> collections(Did did) {
      return new TreeSet<>(records.navigableKeySet());
    }

    @Override
    public List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most) {
      NavigableMap<RecordKey, HeldRecord> all = records.getOrDefault(collection, new TreeMap<>());
      NavigableMap<RecordKey, HeldRecord> rest = after == null ? all : all.tailMap(after, false);
      return new ArrayList<>(rest.values()).stream().limit(most).toList();
    }
  }
}

package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Merges the pages of a listing with what is held: a page is opened, and then given in as many
 * parts as it takes. Not thread-safe.
 */
final class ListMerge {

  private final Did did;
  private final Tid rev;
  private final @Nullable Cid commit;
  private final HeldMerge held;
  private final ListedCid cids;
  private final @Nullable SnapshotKeys keys;

  private @Nullable NavigableSet<Nsid> heldCollections;
  private @Nullable Nsid begun;
  private @Nullable RecordKey last;
  private Map<RecordKey, Optional<Cid>> onPageBefore = Map.of();
  private Map<RecordKey, Optional<Cid>> onPage = new HashMap<>();
  private @Nullable RecordPage page;
  private @Nullable ListPosition behind;
  private int merged;

  /**
   * @param commit the repo's commit at {@code rev}; null when it is not known
   * @param keys where the keys are kept; null when nobody wants them
   */
  ListMerge(
      Did did,
      Tid rev,
      @Nullable Cid commit,
      HeldMerge held,
      ListedCid cids,
      @Nullable SnapshotKeys keys) {
    this.did = did;
    this.rev = rev;
    this.commit = commit;
    this.held = held;
    this.cids = cids;
    this.keys = keys;
  }

  /** The given collections and those that anything is held of. */
  NavigableSet<Nsid> withHeld(NavigableSet<Nsid> collections) throws InterruptedException {
    if (heldCollections == null) {
      heldCollections = held.collections();
    }
    if (heldCollections.isEmpty()) {
      return collections;
    }
    NavigableSet<Nsid> all = new TreeSet<>(collections);
    all.addAll(heldCollections);
    return all;
  }

  /**
   * Opens a page.
   *
   * @param at where it stands
   * @param behindIt where to go on when all of it is merged
   */
  void open(ListPosition at, RecordPage next, ListPosition behindIt) {
    Nsid collection = Objects.requireNonNull(at.collection());
    if (!collection.equals(begun)) {
      String lastKey = at.page() == null ? null : at.page().lastKey();
      last = lastKey == null ? null : RecordKey.parse(lastKey);
      held.begin(collection, last);
      begun = collection;
      onPage = Map.of();
    }
    onPageBefore = onPage;
    onPage = new HashMap<>();
    page = next;
    behind = behindIt;
    merged = 0;
  }

  /** Whether there is more to merge. */
  boolean isOpen() {
    return page != null;
  }

  /** Where to go on now that the page is merged. */
  ListPosition behind() {
    return Objects.requireNonNull(behind);
  }

  /** The next part of the open page. */
  PageInMaking mergeOn() throws InterruptedException {
    RecordPage open = Objects.requireNonNull(page);
    Nsid collection = Objects.requireNonNull(begun);
    PageInMaking made = new PageInMaking(did, rev, commit);
    if (merged == 0) {
      made.rejected(open.rejected());
    }
    while (!made.isFull()) {
      boolean pageEnds = merged == open.entries().size();
      if (pageEnds && open.cursor() != null) {
        page = null;
        return made;
      }
      RecordPage.Entry entry = pageEnds ? null : open.entries().get(merged);
      RecordKey gone = held.goneBefore(entry == null ? null : entry.rkey(), rev);
      if (gone != null) {
        made.gone(collection, gone);
      } else if (entry == null) {
        page = null;
        return made;
      } else {
        merge(entry, collection, made);
        merged++;
      }
    }
    return made;
  }

  private void merge(RecordPage.Entry entry, Nsid collection, PageInMaking made)
      throws InterruptedException {
    Cid before = seen(entry.rkey());
    onPage.put(entry.rkey(), Optional.ofNullable(entry.cid()));
    if (last != null && entry.rkey().compareTo(last) <= 0) {
      mergeAgain(entry, before, made);
      return;
    }
    last = entry.rkey();
    note(entry, collection);
    RecordPut put = entry.put();
    if (put == null) {
      held.passOver(entry.rkey());
    } else if (held.holds(entry.rkey(), put.cid())) {
      made.unchanged();
    } else {
      cids.put(put, made);
    }
  }

  private @Nullable Cid seen(RecordKey key) {
    Optional<Cid> here = onPage.get(key);
    return (here == null ? onPageBefore.getOrDefault(key, Optional.empty()) : here).orElse(null);
  }

  /** Pages overlap, or do not keep the order: what is held there was dealt with already. */
  private void mergeAgain(RecordPage.Entry entry, @Nullable Cid before, PageInMaking made) {
    RecordPut put = entry.put();
    if (put != null && !put.cid().equals(before)) {
      cids.put(put, made);
    }
    if (before == null && keys != null) {
      keys.someMissing();
    }
  }

  private void note(RecordPage.Entry entry, Nsid collection) {
    if (keys == null) {
      return;
    }
    if (entry.cid() == null) {
      keys.someMissing();
    } else {
      keys.add(collection, entry.rkey(), entry.cid());
    }
  }
}

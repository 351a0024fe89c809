package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.repo.InvalidRepoException;
import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Merges a repo's tree, in the order of its keys, with what is held, before any record is decoded.
 * Not thread-safe.
 */
final class ExportMerge {

  private final Did did;
  private final Tid rev;
  private final Cid commit;
  private final Proof proof;
  private final RecordCursor records;
  private final HeldMerge held;
  private final NavigableSet<Nsid> heldToVisit = new TreeSet<>(Nsid.TREE_ORDER);

  /** The collection that is being gone through; null between two. */
  private @Nullable Nsid collection;

  /** The last record that was dealt with. */
  private @Nullable Nsid lastCollection;

  private @Nullable RecordKey last;
  private boolean atRecord;

  /**
   * @param records the records wanted, before the first
   * @param rev the rev as of which they are given
   * @param commit the commit they are part of
   * @param heldCollections the collections in scope that anything is held of
   */
  ExportMerge(
      Did did,
      Tid rev,
      Cid commit,
      Proof proof,
      RecordCursor records,
      HeldMerge held,
      NavigableSet<Nsid> heldCollections) {
    this.did = did;
    this.rev = rev;
    this.commit = commit;
    this.proof = proof;
    this.records = records;
    this.held = held;
    heldToVisit.addAll(heldCollections);
    this.atRecord = records.next();
  }

  /** Goes on behind a record that was given before; the cursor is behind it, too. */
  void beginAfter(Nsid within, RecordKey after) {
    heldToVisit.headSet(within, true).clear();
    held.begin(within, after);
    collection = within;
    lastCollection = within;
    last = after;
  }

  /** Whether everything is given. */
  boolean isOver() {
    return collection == null && !atRecord && heldToVisit.isEmpty();
  }

  /** The rev as of which the records are given. */
  Tid rev() {
    return rev;
  }

  /** All keys of these collections, while the repo is at hand. */
  RepoSnapshot snapshot(Set<Nsid> collections, Repo repo) {
    return new ExportSnapshot(did, rev, Optional.of(commit), collections, proof, repo);
  }

  /** Where it stands; null before the first record. */
  @Nullable ExportPosition position() {
    return lastCollection == null || last == null
        ? null
        : new ExportPosition(rev, lastCollection, last);
  }

  /** The next part. */
  PageInMaking mergeOn() throws InterruptedException {
    PageInMaking made = new PageInMaking(did, rev, commit);
    while (!made.isFull() && !isOver()) {
      Nsid current = collection == null ? beginNext() : collection;
      boolean inCollection = atRecord && records.collection().equals(current);
      RecordKey gone = held.goneBefore(inCollection ? records.rkey() : null, rev);
      if (gone != null) {
        made.gone(current, gone);
      } else if (inCollection) {
        take(current, made);
        atRecord = records.next();
      } else {
        collection = null;
      }
    }
    return made;
  }

  /** Begins with the repo's next collection, or with one before it of which it has none. */
  private Nsid beginNext() {
    Nsid next = atRecord ? records.collection() : heldToVisit.first();
    if (!heldToVisit.isEmpty() && Nsid.TREE_ORDER.compare(heldToVisit.first(), next) < 0) {
      next = heldToVisit.first();
    }
    heldToVisit.remove(next);
    held.begin(next, null);
    collection = next;
    return next;
  }

  private void take(Nsid current, PageInMaking made) throws InterruptedException {
    RecordKey rkey = records.rkey();
    Cid cid = records.cid().text();
    lastCollection = current;
    last = rkey;
    if (held.holds(rkey, cid)) {
      made.unchanged();
      return;
    }
    RecordValue value = RecordValue.ofCbor(records.cbor());
    RecordPut put = new RecordPut(did, current, rkey, cid, rev, value, proof);
    try {
      made.put(put);
    } catch (InvalidRepoException e) {
      made.rejected(new Failure(e.kind(), put.uri() + ": " + e.getMessage()));
    }
  }
}

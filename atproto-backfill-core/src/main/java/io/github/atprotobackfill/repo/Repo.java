package io.github.atprotobackfill.repo;

import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open repository: its commit, and its records in the order of its tree. Hashes are checked; the
 * tree is, too, unless its {@link RepoReader} was told otherwise. Whether the commit is that of the
 * account meant, and signed with its key, is for the caller to ask.
 *
 * <p>That order is the one of the bytes of {@code collection/rkey}: in it {@code a.b-c} comes
 * before {@code a.b} and {@code a.bc} after it, since {@code -} is less than {@code /}.
 *
 * <p>Any number of cursors may read it, each by one thread at a time. Closing it, when none reads
 * any more, gives its memory and its disk space back.
 */
public final class Repo implements AutoCloseable {

  private static final long UNKNOWN = -1;

  private final RepoCommit commit;
  private final BlockStore blocks;
  private final MstPlaces places;
  private final RepoLimits limits;
  private final int roots;
  private final long carBytes;
  private volatile long records = UNKNOWN;

  Repo(
      RepoCommit commit,
      BlockStore blocks,
      MstPlaces places,
      RepoLimits limits,
      int roots,
      long carBytes) {
    this.commit = commit;
    this.blocks = blocks;
    this.places = places;
    this.limits = limits;
    this.roots = roots;
    this.carBytes = carBytes;
  }

  /** The commit that the CAR file names as its root. */
  public RepoCommit commit() {
    return commit;
  }

  /**
   * How many records it has. Goes through the tree when opening did not.
   *
   * @throws InvalidRepoException when the tree, of which opening saw nothing, is not valid
   */
  public long recordCount() {
    if (records == UNKNOWN) {
      verify(MstFinder.searching(blocks));
    }
    return records;
  }

  /** How many bytes the CAR file had. */
  public long carBytes() {
    return carBytes;
  }

  /** How many different blocks it had that a repo can refer to. */
  public int blockCount() {
    return blocks.size();
  }

  /** How many roots its header named; of which all but the first are ignored. */
  public int rootCount() {
    return roots;
  }

  /** All records. */
  public RecordCursor records() {
    return cursor(MstRanges.everything());
  }

  /** The records of these collections; of all when there are none. */
  public RecordCursor records(Set<Nsid> collections) {
    return cursor(MstRanges.of(collections));
  }

  /**
   * The records of these collections, or of all when there are none, that come behind the given one
   * in the order of the tree, whether or not that one exists.
   */
  public RecordCursor recordsAfter(Set<Nsid> collections, Nsid collection, RecordKey rkey) {
    return cursor(MstRanges.of(collections).after(collection, rkey));
  }

  private RecordCursor cursor(MstRanges wanted) {
    MstChecks checks = records == UNKNOWN ? new MstChecks() : null;
    return new RecordCursor(walk(MstFinder.knowing(blocks, places), wanted, checks));
  }

  private MstWalk walk(MstFinder finder, MstRanges wanted, @Nullable MstChecks checks) {
    return new MstWalk(finder, commit.data(), limits, wanted, checks);
  }

  /**
   * Goes through the whole tree and shows that it is valid, and that no record is missing; before
   * any cursor does.
   */
  void verify() {
    verify(MstFinder.remembering(blocks, places));
  }

  private void verify(MstFinder finder) {
    MstWalk walk = walk(finder, MstRanges.everything(), new MstChecks());
    long found = 0;
    while (walk.next()) {
      if (!walk.hasRecord()) {
        throw InvalidRepoException.incomplete("record " + walk.keyText() + " is missing");
      }
      found++;
    }
    records = found;
  }

  @Override
  public void close() {
    try {
      blocks.close();
    } finally {
      places.close();
    }
  }
}

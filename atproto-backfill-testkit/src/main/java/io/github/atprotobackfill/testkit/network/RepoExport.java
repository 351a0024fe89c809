package io.github.atprotobackfill.testkit.network;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A repo on its way out as a CAR, and all that may be wrong with it. Immutable; it is written when
 * it is sent, and one that is larger than {@link #REORDERED} records is never held.
 *
 * @param repos where it comes from
 * @param repo what is exported
 * @param order the order of its blocks
 * @param since only blocks of later revs are written
 * @param claims what the commit says, and who signed it
 * @param treeFlaw what is wrong with the tree
 * @param recordFlaw what is wrong with its first record
 * @param secondRoot whether the header names the tree's root too
 * @param edits what becomes of the blocks
 */
record RepoExport(
    Repos repos,
    FrozenRepo repo,
    BlockOrder order,
    long since,
    Claims claims,
    @Nullable TreeFlaw treeFlaw,
    @Nullable RecordFlaw recordFlaw,
    boolean secondRoot,
    List<BlockEdit> edits) {

  /** Repos of more records are written as they are made: the commit, then the tree from below. */
  static final int REORDERED = 20_000;

  /** As much of a repo as is held for faults that need all of it. */
  private static final int MOST_HELD_BYTES = 64 << 20;

  /** What a commit says, and who signed it. */
  record Claims(String did, long rev, SigningKey key, SignatureForm form) {

    static Claims of(FrozenRepo repo, SigningKeys keys) {
      return new Claims(repo.did(), repo.rev(), keys.of(repo.account()), SignatureForm.LOW_S);
    }

    Claims withDid(String other) {
      return new Claims(other, rev, key, form);
    }

    Claims withRev(long other) {
      return new Claims(did, other, key, form);
    }

    Claims withKey(SigningKey other) {
      return new Claims(did, rev, other, form);
    }

    Claims withForm(SignatureForm other) {
      return new Claims(did, rev, key, other);
    }
  }

  static RepoExport of(Repos repos, FrozenRepo repo, BlockOrder order, long since) {
    Claims claims = Claims.of(repo, repos.keys());
    return new RepoExport(repos, repo, order, since, claims, null, null, false, List.of());
  }

  void writeTo(OutputStream out) throws IOException {
    if (repo.bound() <= REORDERED) {
      writeInOrder(out);
    } else {
      writeAsItIsMade(out);
    }
  }

  private void writeInOrder(OutputStream out) throws IOException {
    List<CarBlock> blocks = new ArrayList<>();
    RepoTree.Extent extent = RepoTree.write(repo, blocks::add, treeFlaw, recordFlaw);
    CarBlock commit = commit(extent).asBlock();
    blocks.add(commit);
    BlockSink sink = open(out, commit, extent);
    for (CarBlock block : order.sort(blocks, commit)) {
      sink.block(block);
    }
    sink.end();
  }

  private void writeAsItIsMade(OutputStream out) throws IOException {
    RepoTree.Extent extent =
        sound()
            ? repos.head(repo).extent()
            : RepoTree.write(repo, block -> {}, treeFlaw, recordFlaw);
    CarBlock commit = commit(extent).asBlock();
    BlockSink sink = open(out, commit, extent);
    sink.block(commit);
    RepoTree.write(repo, sink, treeFlaw, recordFlaw);
    sink.end();
  }

  private boolean sound() {
    return treeFlaw == null && recordFlaw == null;
  }

  private SignedCommit commit(RepoTree.Extent extent) {
    return sound() && claims.equals(Claims.of(repo, repos.keys()))
        ? repos.head(repo, extent).commit()
        : SignedCommit.sign(claims, extent.root());
  }

  private BlockSink open(OutputStream out, CarBlock commit, RepoTree.Extent extent)
      throws IOException {
    CarWriter car = new CarWriter(out);
    car.header(secondRoot ? List.of(commit.cid(), extent.root()) : List.of(commit.cid()));
    BlockSink sink = car;
    for (BlockEdit edit : edits) {
      sink = edit.over(sink, extent);
    }
    return since == 0 ? sink : BlockEdit.newerThan(since).over(sink, extent);
  }

  RepoExport withRepo(FrozenRepo other) {
    Claims ofOther = claims.withRev(other.rev());
    return new RepoExport(
        repos, other, order, since, ofOther, treeFlaw, recordFlaw, secondRoot, edits);
  }

  RepoExport withClaims(Claims other) {
    return new RepoExport(
        repos, repo, order, since, other, treeFlaw, recordFlaw, secondRoot, edits);
  }

  RepoExport withTreeFlaw(TreeFlaw flaw) {
    return new RepoExport(repos, repo, order, since, claims, flaw, recordFlaw, secondRoot, edits);
  }

  RepoExport withRecordFlaw(RecordFlaw flaw) {
    return new RepoExport(repos, repo, order, since, claims, treeFlaw, flaw, secondRoot, edits);
  }

  RepoExport withSecondRoot() {
    return new RepoExport(repos, repo, order, since, claims, treeFlaw, recordFlaw, true, edits);
  }

  RepoExport with(BlockEdit edit) {
    List<BlockEdit> more = new ArrayList<>(edits);
    more.add(edit);
    return new RepoExport(
        repos, repo, order, since, claims, treeFlaw, recordFlaw, secondRoot, List.copyOf(more));
  }

  /** The CAR for whoever must hold it; no more than 64 MiB of it. */
  byte[] bytes() {
    ByteArrayOutputStream held = new ByteArrayOutputStream();
    try {
      writeTo(new Bounded(held));
    } catch (IOException full) {
      return Arrays.copyOf(held.toByteArray(), MOST_HELD_BYTES);
    }
    return held.toByteArray();
  }

  private static final class Bounded extends OutputStream {

    private final ByteArrayOutputStream held;

    Bounded(ByteArrayOutputStream held) {
      this.held = held;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      held.write(bytes, from, count);
      if (held.size() >= MOST_HELD_BYTES) {
        throw new IOException("as much as is held");
      }
    }
  }
}

package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the blocks of one repo, records and tree, each node behind what it links to. */
final class RepoTree implements FrozenRepo.Walker {

  private final BlockSink blocks;
  private final MstWriter tree;
  private final @Nullable RecordFlaw recordFlaw;
  private int nodes;
  private int records;

  /**
   * What a tree came to.
   *
   * @param root the CID of its root
   * @param nodes how many nodes it has
   * @param records how many records
   */
  @SuppressWarnings("ArrayRecordComponent") // Written into an answer, never compared.
  record Extent(byte[] root, int nodes, int records) {

    boolean isRoot(CarBlock block) {
      return java.util.Arrays.equals(block.cid(), root);
    }
  }

  private RepoTree(BlockSink blocks, @Nullable TreeFlaw flaw, @Nullable RecordFlaw recordFlaw) {
    this.blocks = blocks;
    this.recordFlaw = recordFlaw;
    this.tree = new MstWriter(this::node, flaw);
  }

  static Extent write(
      FrozenRepo repo, BlockSink blocks, @Nullable TreeFlaw flaw, @Nullable RecordFlaw recordFlaw)
      throws IOException {
    RepoTree writer = new RepoTree(blocks, flaw, recordFlaw);
    repo.walk(writer);
    byte[] root = writer.tree.finish(repo.rev());
    return new Extent(root, writer.nodes, writer.records);
  }

  private void node(CarBlock node) throws IOException {
    nodes++;
    blocks.block(node);
  }

  @Override
  public void record(byte[] key, StoredRecord record, long rev, long born) throws IOException {
    byte[] block = record.block();
    byte[] cid = record.link();
    if (recordFlaw != null && records == 0) {
      block = recordFlaw.block();
      cid = new CidMaker().of(block);
    }
    records++;
    blocks.block(new CarBlock(BlockKind.RECORD, cid, block, rev, List.of()));
    tree.put(key, cid, rev, born);
  }

  @Override
  public void deleted(long rev) {
    tree.deleted(rev);
  }
}

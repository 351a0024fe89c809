package io.github.atprotobackfill.repo;

import org.jspecify.annotations.Nullable;

/**
 * Finds the blocks of a tree for a walk through it: searches for them by their CIDs, and remembers
 * the places for later walks if it is to; or knows them from such a walk. Not thread-safe.
 *
 * <p>What is at a known place is still asked for its digest. It costs little, and a temporary file
 * is in reach of others.
 */
final class MstFinder {

  /** So many blocks, with what is made of them, fit into the nearer caches of a processor. */
  private static final int FEW_BLOCKS = 4_096;

  /** More on the way from one record to the next are rare. */
  private static final int NODES_WITHOUT_RECORD = 4;

  private final BlockStore blocks;

  /** What an earlier walk remembered. */
  private final @Nullable MstPlaces known;

  /** What this one is to remember, as long as there is room. */
  private @Nullable MstPlaces remembered;

  /** The nodes come to since a record was shown; who passes over records has no use for them. */
  private int nodesWithoutRecord = NODES_WITHOUT_RECORD;

  /** Of no meaning, but without it nothing would have to be read. */
  @SuppressWarnings("unused")
  private int touched;

  private MstFinder(BlockStore blocks, @Nullable MstPlaces known, @Nullable MstPlaces remembered) {
    this.blocks = blocks;
    this.known = known;
    this.remembered = remembered;
  }

  /** Searches for each block. */
  static MstFinder searching(BlockStore blocks) {
    return new MstFinder(blocks, null, null);
  }

  /** Searches, and puts what a walk through all of the tree finds into {@code places}. */
  static MstFinder remembering(BlockStore blocks, MstPlaces places) {
    places.expect(blocks.size());
    return new MstFinder(blocks, null, places);
  }

  /** Knows where the blocks are of the tree whose {@code places} are remembered. */
  static MstFinder knowing(BlockStore blocks, MstPlaces places) {
    return places.isEmpty() ? searching(blocks) : new MstFinder(blocks, places, null);
  }

  /**
   * Shows a node whose CID stands at {@code cidAt}; false when it is missing.
   *
   * @param above the level whose next subtree it is; null for the root
   */
  boolean show(@Nullable MstLevel above, byte[] source, int cidAt, MstLevel level) {
    blocks.requireOpen();
    int digestAt = cidAt + BlockCid.DIGEST_AT;
    if (known == null) {
      level.place = blocks.place(source, digestAt);
    } else {
      level.part =
          above == null
              ? MstPlaces.ROOT
              : known.subtree(above.part, above.node.entries, above.subtrees);
      level.place = known.node(level.part);
    }
    return blocks.show(level.place, source, digestAt, level.node.block);
  }

  /**
   * Looks ahead to the records of a node that was decoded: for where they are, or, when it is known
   * where, to have them on their way from memory while the first is made use of.
   */
  void lookAhead(@Nullable MstLevel above, MstLevel level) {
    if (remembered != null) {
      remember(above, level, remembered);
    } else if (known != null
        && nodesWithoutRecord++ < NODES_WITHOUT_RECORD
        && blocks.size() > FEW_BLOCKS) {
      touch(level, known);
    }
  }

  private void touch(MstLevel level, MstPlaces known) {
    for (int i = 0; i < level.node.entries; i++) {
      touched += blocks.touch(known.record(level.part, i));
    }
  }

  /** Searches for all records of a node, and remembers where they are. */
  private void remember(@Nullable MstLevel above, MstLevel level, MstPlaces remembered) {
    MstNode node = level.node;
    level.part = remembered.begin(level.place, node.entries, node.subtrees);
    if (level.part == MstPlaces.NONE) {
      this.remembered = null;
      return;
    }
    if (above != null) {
      remembered.putSubtree(above.part, above.node.entries, above.subtrees, level.part);
    }
    // One after the other, so that the processor waits for several of them at once.
    for (int i = 0; i < node.entries; i++) {
      remembered.putRecord(level.part, i, search(level, i));
    }
  }

  private long search(MstLevel level, int entry) {
    return blocks.place(level.node.block.bytes, level.node.valueAt[entry] + BlockCid.DIGEST_AT);
  }

  /** Whether the record of an entry is there. */
  boolean hasRecord(MstLevel level, int entry) {
    return place(level, entry) >= 0;
  }

  /** Shows the record of an entry; false when it is missing. */
  boolean showRecord(MstLevel level, int entry, BlockView view) {
    nodesWithoutRecord = 0;
    return blocks.show(
        place(level, entry),
        level.node.block.bytes,
        level.node.valueAt[entry] + BlockCid.DIGEST_AT,
        view);
  }

  private long place(MstLevel level, int entry) {
    blocks.requireOpen();
    MstPlaces places = known != null ? known : remembered;
    return places != null ? places.record(level.part, entry) : search(level, entry);
  }
}

package io.github.atprotobackfill.repo;

/**
 * The largest repo that is read; whatever goes beyond is refused as {@linkplain
 * InvalidRepoException malformed}. The defaults are far above what the protocol's own limits let an
 * honest repo need, and bound what a hostile one can cost.
 *
 * @param carBytes the bytes of a CAR file; what does not fit into memory takes as much room on disk
 * @param headerBytes the bytes of its header
 * @param blocks the blocks in it, repeated ones included; each costs up to 22 bytes of heap, and
 *     for moments half as much again
 * @param blockBytes the bytes of one block
 * @param nodeEntries the records that one node of the tree names
 * @param pathBytes the bytes of all nodes between the root and a record, which are in memory at
 *     once while the tree is walked
 * @param depth the levels of the tree; each is worth four times the records
 */
public record RepoLimits(
    long carBytes,
    int headerBytes,
    int blocks,
    int blockBytes,
    int nodeEntries,
    int pathBytes,
    int depth) {

  /**
   * 4 GiB in 6,000,000 blocks of at most 2 MiB; a header of 8 KiB; nodes of 8,192 entries, 4 MiB of
   * them on a path; 64 levels.
   */
  public static final RepoLimits DEFAULT =
      new RepoLimits(4L << 30, 8 << 10, 6_000_000, 2 << 20, 8_192, 4 << 20, 64);

  /** More levels than a SHA-256 hash has zeros for do not exist. */
  private static final int MOST_DEPTH = 129;

  private static final int MOST_BLOCK_BYTES = 256 << 20;

  public RepoLimits {
    inRange("carBytes", carBytes, BlockIndex.MOST_BYTES);
    inRange("headerBytes", headerBytes, MOST_BLOCK_BYTES);
    inRange("blocks", blocks, BlockIndex.MOST_BLOCKS);
    inRange("blockBytes", blockBytes, MOST_BLOCK_BYTES);
    inRange("nodeEntries", nodeEntries, Integer.MAX_VALUE);
    inRange("pathBytes", pathBytes, Integer.MAX_VALUE);
    inRange("depth", depth, MOST_DEPTH);
  }

  private static void inRange(String name, long value, long most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " must be 1 to " + most + ": " + value);
    }
  }

  /** These limits, with another on the bytes of a CAR file. */
  public RepoLimits withCarBytes(long most) {
    return new RepoLimits(most, headerBytes, blocks, blockBytes, nodeEntries, pathBytes, depth);
  }

  /** These limits, with another on the bytes of a header. */
  public RepoLimits withHeaderBytes(int most) {
    return new RepoLimits(carBytes, most, blocks, blockBytes, nodeEntries, pathBytes, depth);
  }

  /** These limits, with another on the number of blocks. */
  public RepoLimits withBlocks(int most) {
    return new RepoLimits(carBytes, headerBytes, most, blockBytes, nodeEntries, pathBytes, depth);
  }

  /** These limits, with another on the bytes of a block. */
  public RepoLimits withBlockBytes(int most) {
    return new RepoLimits(carBytes, headerBytes, blocks, most, nodeEntries, pathBytes, depth);
  }

  /** These limits, with another on the entries of a node. */
  public RepoLimits withNodeEntries(int most) {
    return new RepoLimits(carBytes, headerBytes, blocks, blockBytes, most, pathBytes, depth);
  }

  /** These limits, with another on the bytes of nodes above a record. */
  public RepoLimits withPathBytes(int most) {
    return new RepoLimits(carBytes, headerBytes, blocks, blockBytes, nodeEntries, most, depth);
  }

  /** These limits, with another on the levels of the tree. */
  public RepoLimits withDepth(int most) {
    return new RepoLimits(carBytes, headerBytes, blocks, blockBytes, nodeEntries, pathBytes, most);
  }
}

package io.github.atprotobackfill.repo;

import java.util.Arrays;

/**
 * Where the nodes and the records of a tree are kept, as the walk found them that checked it: later
 * ones then need not search. Each node has a part of the list: its own place, those of its records,
 * and where the parts of its subtrees begin.
 *
 * <p>Every byte is taken from the common budget; where that or the bound is used up, all is
 * forgotten, and later walks search. Written by one thread, then read by any number of them.
 */
final class MstPlaces implements AutoCloseable {

  /** Where the part of the root begins. */
  static final int ROOT = 0;

  /** The part of a node for which there was no room. */
  static final int NONE = -1;

  private static final long[] NOTHING = {};

  private final BlockBudget budget;
  private final int most;
  private long[] list = NOTHING;
  private int end;

  /** Takes at most so many bytes. */
  MstPlaces(BlockBudget budget, int mostBytes) {
    this.budget = budget;
    this.most = mostBytes / Long.BYTES;
  }

  /** Makes room for a usual tree of so many nodes and records, if there is some. */
  void expect(int blocks) {
    end = 0;
    // One block of four is a node, and nearly every node the subtree of another.
    resize((int) Math.min(most, blocks + (blocks >>> 2) + 1L));
  }

  /**
   * Begins the part of a node, in which so many records and subtrees are to be put.
   *
   * @return where it begins, or {@link #NONE} when all had to be forgotten
   */
  int begin(long node, int records, int subtrees) {
    long behind = 1L + end + records + subtrees;
    if (behind > list.length && !makesRoomFor(behind)) {
      close();
      return NONE;
    }
    int part = end;
    list[part] = node;
    end = (int) behind;
    return part;
  }

  private boolean makesRoomFor(long needed) {
    return needed <= most && resize((int) Math.min(most, needed + (needed >>> 1)));
  }

  private boolean resize(int size) {
    // Both are in memory until the one is copied.
    if (!budget.tryReserve((long) size * Long.BYTES)) {
      return false;
    }
    budget.release((long) list.length * Long.BYTES);
    list = Arrays.copyOf(list, size);
    return true;
  }

  /** Puts the place of a node's {@code i}-th record. */
  void putRecord(int part, int i, long place) {
    list[part + 1 + i] = place;
  }

  /** Puts the part of the {@code i}-th subtree of a node with so many records. */
  void putSubtree(int part, int records, int i, int subtree) {
    list[part + 1 + records + i] = subtree;
  }

  /** Whether there is nothing, since there was no room. */
  boolean isEmpty() {
    return end == 0;
  }

  /** The place of a node. */
  long node(int part) {
    return list[part];
  }

  /** The place of its {@code i}-th record. */
  long record(int part, int i) {
    return list[part + 1 + i];
  }

  /** The part of its {@code i}-th subtree, of a node with so many records. */
  int subtree(int part, int records, int i) {
    return (int) list[part + 1 + records + i];
  }

  /** Forgets everything. */
  @Override
  public void close() {
    budget.release((long) list.length * Long.BYTES);
    list = NOTHING;
    end = 0;
  }
}

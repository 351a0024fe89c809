package io.github.atprotobackfill.repo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a tree in the order of its keys, by the rules of the protocol or, where they were
 * seen to hold, without asking again. Nothing is remembered but the way down from the root; what is
 * outside of the ranges wanted is not entered. Not thread-safe.
 *
 * <p>That keys ascend over the whole tree also ends a walk through one that refers to the same node
 * twice.
 *
 * @see <a href="https://atproto.com/specs/repository#mst-structure">Repository specification</a>
 */
final class MstWalk {

  private static final int LONGEST_TEXT = 200;

  private final MstFinder blocks;
  private final RepoLimits limits;
  private final MstRanges wanted;
  private final @Nullable MstChecks checks;

  /** Where to begin; null once that was done. */
  private @Nullable BlockCid root;

  private final List<MstLevel> path = new ArrayList<>();
  private int depth;
  private long pathBytes;
  private int range;

  /** The greatest key so far: that of its level, or where the level goes on to the next, a copy. */
  private byte[] last = {};

  private int lastLength;
  private final byte[] copy = new byte[MstPaths.MOST_BYTES];

  /** Where the key and value stand that were come to last. */
  private MstLevel current = new MstLevel();

  /**
   * A walk through the tree below {@code root}, which is a node.
   *
   * @param checks null for a tree that has been walked through with checks already
   */
  MstWalk(
      MstFinder blocks,
      BlockCid root,
      RepoLimits limits,
      MstRanges wanted,
      @Nullable MstChecks checks) {
    this.blocks = blocks;
    this.limits = limits;
    this.wanted = wanted;
    this.checks = checks;
    this.root = wanted.size() > 0 ? root : null;
  }

  private void begin(BlockCid root) {
    MstLevel top = enter(null, root.bytes(), 0, MstLevel.UNKNOWN);
    if (top.node.entries == 0) {
      if (top.node.leftAt != MstNode.NONE) {
        throw InvalidRepoException.malformed("the root of the tree has no keys, yet a subtree");
      }
      leave();
    }
  }

  /** Moves to the next wanted key; false at the end. */
  boolean next() {
    if (root != null) {
      BlockCid begin = root;
      root = null;
      begin(begin);
    }
    while (depth > 0) {
      MstLevel top = path.get(depth - 1);
      if (!top.entered) {
        enterSubtree(top);
      } else if (top.hasEntry()) {
        if (takeEntry(top)) {
          return true;
        }
      } else {
        leave();
      }
    }
    return false;
  }

  private void enterSubtree(MstLevel top) {
    top.entered = true;
    int subtree = top.subtreeAt();
    if (top.hasEntry()) {
      if (subtree != MstNode.NONE) {
        copyLast();
      }
      top.readKey();
      if (checks != null) {
        check(top, checks);
      }
    }
    if (subtree != MstNode.NONE) {
      if (isWantedBelow(depth - 1)) {
        enterNode(top, subtree);
      }
      top.subtrees++;
    }
  }

  private void enterNode(MstLevel above, int cidAt) {
    MstLevel below = enter(above, above.node.block.bytes, cidAt, above.level - 1);
    if (below.node.entries == 0 && below.node.leftAt == MstNode.NONE) {
      throw InvalidRepoException.malformed("a node of the tree is empty");
    }
  }

  private void copyLast() {
    System.arraycopy(last, 0, copy, 0, lastLength);
    last = copy;
  }

  private void check(MstLevel top, MstChecks checks) {
    if (!checks.isPath(top.key, top.keyLength)) {
      throw InvalidRepoException.malformed(
          "a key in the tree is no path of a record: " + text(top.key, top.keyLength));
    }
    int level = checks.level(top.key, top.keyLength);
    if (top.level == MstLevel.UNKNOWN) {
      top.level = checkedDepth(level);
    } else if (level != top.level) {
      throw InvalidRepoException.malformed(
          "a key of level " + level + " stands in a node of level " + top.level);
    }
  }

  private int checkedDepth(int level) {
    if (level >= limits.depth()) {
      throw InvalidRepoException.malformed(
          "the tree has " + (level + 1) + " levels, more than " + limits.depth());
    }
    return level;
  }

  /** Whether something wanted can be less than the key that bounds the subtree from above. */
  private boolean isWantedBelow(int at) {
    if (wanted.isEverything()) {
      return true;
    }
    for (int i = at; i >= 0; i--) {
      MstLevel bound = path.get(i);
      if (bound.hasEntry()) {
        return wanted.reachesBelow(range, bound.key, bound.keyLength);
      }
    }
    return true;
  }

  private MstLevel enter(@Nullable MstLevel above, byte[] source, int cidAt, int level) {
    if (checks != null && depth > 0 && level < 0) {
      throw InvalidRepoException.malformed("a node of level 0 has a subtree");
    }
    if (depth == path.size()) {
      path.add(new MstLevel());
    }
    MstLevel entered = path.get(depth);
    if (!blocks.show(above, source, cidAt, entered)) {
      throw InvalidRepoException.incomplete("a node of the tree is missing");
    }
    pathBytes += entered.node.block.length();
    if (pathBytes > limits.pathBytes()) {
      throw InvalidRepoException.malformed(
          "the nodes above a record have more than " + limits.pathBytes() + " bytes");
    }
    entered.node.decode(limits.nodeEntries());
    blocks.lookAhead(above, entered);
    entered.begin(level);
    depth++;
    return entered;
  }

  private void leave() {
    depth--;
    MstNode left = path.get(depth).node;
    pathBytes -= left.block.length();
    left.clear();
  }

  private boolean takeEntry(MstLevel top) {
    if (!ascends(top)) {
      throw InvalidRepoException.malformed(
          "the keys of the tree do not ascend at " + text(top.key, top.keyLength));
    }
    last = top.key;
    lastLength = top.keyLength;
    current = top;
    top.entry++;
    top.entered = false;
    return isWanted();
  }

  /** Whether the key is above the last, which its own level knows if that one was its own, too. */
  private boolean ascends(MstLevel top) {
    return last == top.key
        ? top.ascends
        : Arrays.compareUnsigned(last, 0, lastLength, top.key, 0, top.keyLength) < 0;
  }

  private boolean isWanted() {
    if (wanted.isEverything()) {
      return true;
    }
    while (wanted.endsBefore(range, last, lastLength)) {
      if (++range == wanted.size()) {
        end();
        return false;
      }
    }
    return wanted.beginsBy(range, last, lastLength);
  }

  private void end() {
    while (depth > 0) {
      leave();
    }
  }

  /** The key; valid up to {@link #keyLength}, until the next call of {@link #next}. */
  byte[] key() {
    return last;
  }

  int keyLength() {
    return lastLength;
  }

  /** The key as text, cut for messages. */
  String keyText() {
    return text(last, lastLength);
  }

  private static String text(byte[] key, int length) {
    return length <= LONGEST_TEXT
        ? MstPaths.text(key, 0, length)
        : MstPaths.text(key, 0, LONGEST_TEXT) + "…";
  }

  /** Whether the record is there. */
  boolean hasRecord() {
    return blocks.hasRecord(current, current.entry - 1);
  }

  /** Shows the record; false when it is missing. */
  boolean showRecord(BlockView view) {
    return blocks.showRecord(current, current.entry - 1, view);
  }

  /** Where the CID of the record stands, at {@link #valueAt}. */
  byte[] valueSource() {
    return current.node.block.bytes;
  }

  int valueAt() {
    return current.node.valueAt[current.entry - 1];
  }
}

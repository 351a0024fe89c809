package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the Merkle search tree of keys that come in ascending order (protocol: repository, MST
 * structure). It grows from the bottom: a node is finished when a key of a higher level comes, so
 * only the nodes of the right edge are held, whatever the size of the tree. Not thread-safe.
 */
final class MstWriter {

  /** How many nodes {@link TreeFlaw#DEPTH} puts on top. */
  static final int CHAIN = 5000;

  private static final int LEVELS = 129;

  private final BlockSink nodes;
  private final @Nullable TreeFlaw flaw;
  private final MessageDigest sha256 = CidMaker.sha256();
  private final CidMaker cids = new CidMaker();
  private final OpenNode[] open = new OpenNode[LEVELS];
  private int top = -1;
  private boolean flawed;

  /** Writes into {@code nodes}: each node after those below it, the root as the last. */
  MstWriter(BlockSink nodes) {
    this(nodes, null);
  }

  MstWriter(BlockSink nodes, @Nullable TreeFlaw flaw) {
    this.nodes = nodes;
    this.flaw = flaw;
    Arrays.setAll(open, level -> new OpenNode());
  }

  /** The level of a key: half of the zero bits with which its SHA-256 begins. */
  static int level(byte[] key, MessageDigest sha256) {
    byte[] hash = sha256.digest(key);
    int zeros = 0;
    int at = 0;
    while (at < hash.length && hash[at] == 0) {
      zeros += 8;
      at++;
    }
    return (at < hash.length ? zeros + Integer.numberOfLeadingZeros(hash[at] & 0xff) - 24 : zeros)
        / 2;
  }

  /** How many bytes both keys begin with. */
  static int commonPrefix(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  /**
   * Adds a key behind all others.
   *
   * @param rev when it got its value: no node above it is older
   * @param born when it came to stand there: no node beside it is taken for older, since it may
   *     have parted it from others
   */
  void put(byte[] key, byte[] value, long rev, long born) throws IOException {
    int level = level(key, sha256);
    if (flaw == TreeFlaw.LEVEL && !flawed) {
      flawed = true;
      level++;
    }
    finishBelow(level, born);
    top = Math.max(top, level);
    open[level].add(key, value, rev);
  }

  /** Tells that the key which comes here was deleted: no node around it is older. */
  void deleted(long rev) {
    for (OpenNode node : open) {
      node.touch(rev);
    }
  }

  /** Ends the tree, and gives the CID of its root. The root changes with every rev. */
  byte[] finish(long rev) throws IOException {
    finishBelow(top, 0);
    OpenNode root = top < 0 ? open[0] : open[top];
    root.touch(rev);
    byte[] cid = write(root, true);
    for (int k = 0; flaw == TreeFlaw.DEPTH && k < CHAIN; k++) {
      OpenNode link = new OpenNode();
      link.below(cid, rev);
      cid = write(link, true);
    }
    return cid;
  }

  private void finishBelow(int level, long born) throws IOException {
    for (int l = 0; l < level; l++) {
      OpenNode node = open[l];
      if (!node.isEmpty()) {
        node.touch(born);
        open[l + 1].below(write(node, false), node.rev);
      }
      open[l] = new OpenNode();
      open[l].touch(born);
    }
  }

  private byte[] write(OpenNode node, boolean root) throws IOException {
    List<Entry> entries = inOrder(node.entries, root);
    List<byte[]> links = new ArrayList<>(1 + 2 * entries.size());
    ByteWriter block = new ByteWriter(64 + entries.size() * 128);
    CborWriter cbor = new CborWriter(block).map(2).text("e").array(entries.size());
    if (node.left != null) {
      links.add(node.left);
    }
    byte[] before = new byte[0];
    for (Entry entry : entries) {
      int prefix = prefix(before, entry.key, root);
      before = entry.key;
      cbor.map(4).text("k").bytes(Arrays.copyOfRange(entry.key, prefix, entry.key.length));
      cbor.text("p").number(prefix).text("t");
      link(cbor, entry.right).text("v").link(entry.value);
      links.add(entry.value);
      if (entry.right != null) {
        links.add(entry.right);
      }
    }
    link(cbor.text("l"), node.left);
    byte[] cid = cids.of(block);
    nodes.block(new CarBlock(BlockKind.NODE, cid, block.toByteArray(), node.rev, links));
    return cid;
  }

  private static CborWriter link(CborWriter cbor, byte @Nullable [] cid) {
    return cid == null ? cbor.nothing() : cbor.link(cid);
  }

  private List<Entry> inOrder(List<Entry> entries, boolean root) {
    if (flaw != TreeFlaw.ORDER || flawed || (entries.size() < 2 && !root) || entries.isEmpty()) {
      return entries;
    }
    flawed = true;
    List<Entry> spoilt = new ArrayList<>(entries);
    if (spoilt.size() == 1) {
      spoilt.add(spoilt.get(0));
    } else {
      Collections.swap(spoilt, 0, 1);
    }
    return spoilt;
  }

  private int prefix(byte[] before, byte[] key, boolean root) {
    int common = commonPrefix(before, key);
    if (flaw != TreeFlaw.PREFIX || flawed || (common == 0 && !root)) {
      return common;
    }
    flawed = true;
    return common == 0 ? 1 : 0;
  }

  /** A key of a node, and what stands right of it. */
  private static final class Entry {

    final byte[] key;
    final byte[] value;
    byte @Nullable [] right;

    Entry(byte[] key, byte[] value) {
      this.key = key;
      this.value = value;
    }
  }

  /** A node to which keys may still be added. */
  private static final class OpenNode {

    byte @Nullable [] left;
    final List<Entry> entries = new ArrayList<>(4);
    long rev;

    boolean isEmpty() {
      return left == null && entries.isEmpty();
    }

    void add(byte[] key, byte[] value, long since) {
      entries.add(new Entry(key, value));
      touch(since);
    }

    void below(byte[] subtree, long since) {
      if (entries.isEmpty()) {
        left = subtree;
      } else {
        entries.get(entries.size() - 1).right = subtree;
      }
      touch(since);
    }

    void touch(long since) {
      rev = Math.max(rev, since);
    }
  }
}

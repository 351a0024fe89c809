package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.repo.BlockCid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the Merkle search tree of keys that come in ascending order, from below, holding no more
 * than its right edge (protocol: repository, MST structure). Not thread-safe.
 */
final class TreeWriter {

  private static final int LEVELS = 64;
  private static final int DIGEST_AT = 4;
  private static final byte[] NODE_HEAD = {(byte) 0xa2, 0x61, 'e'};
  private static final byte[] ENTRY_HEAD = {(byte) 0xa4, 0x61, 'k'};
  private static final byte[] PREFIX = {0x61, 'p'};
  private static final byte[] RIGHT = {0x61, 't'};
  private static final byte[] VALUE = {0x61, 'v'};
  private static final byte[] LEFT = {0x61, 'l'};
  private static final byte[] LINK = {(byte) 0xd8, 0x2a, 0x58, 0x25, 0};
  private static final int NULL = 0xf6;
  private static final int UNSIGNED = 0;
  private static final int BYTES = 2;
  private static final int ARRAY = 4;

  /** Is given each node, after those below it. */
  @FunctionalInterface
  interface Nodes {

    /**
     * A node.
     *
     * @param place how many keys stand before all those in and below it
     * @param newest the newest rev of a record in or below it
     */
    void node(byte[] block, BlockCid cid, int place, int level, long newest) throws IOException;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(byte[] key, BlockCid value, Subtree right) {}

  /** A finished part of the tree, or none. */
  private record Subtree(@Nullable BlockCid cid, int place, long newest) {

    static final Subtree NONE = new Subtree(null, Integer.MAX_VALUE, 0);
  }

  /** A node of the right edge. */
  private static final class OpenNode {

    Subtree left = Subtree.NONE;
    final List<Entry> entries = new ArrayList<>(4);
    int place = Integer.MAX_VALUE;
    long newest;

    boolean isEmpty() {
      return left.cid() == null && entries.isEmpty();
    }

    void add(byte[] key, BlockCid value, int at, long rev) {
      entries.add(new Entry(key, value, Subtree.NONE));
      reachesTo(at, rev);
    }

    void below(Subtree subtree) {
      if (entries.isEmpty()) {
        left = subtree;
      } else {
        int last = entries.size() - 1;
        Entry entry = entries.get(last);
        entries.set(last, new Entry(entry.key(), entry.value(), subtree));
      }
      reachesTo(subtree.place(), subtree.newest());
    }

    private void reachesTo(int at, long rev) {
      place = Math.min(place, at);
      newest = Math.max(newest, rev);
    }
  }

  private final Nodes nodes;
  private final OpenNode[] edge = new OpenNode[LEVELS];
  private int top;
  private int keys;

  TreeWriter(Nodes nodes) {
    this.nodes = nodes;
    Arrays.setAll(edge, level -> new OpenNode());
  }

  /** Adds a key behind all others; its record was written at {@code rev}. */
  void put(String path, BlockCid record, long rev) throws IOException {
    byte[] key = path.getBytes(StandardCharsets.US_ASCII);
    int level = level(key);
    finishBelow(level);
    top = Math.max(top, level);
    edge[level].add(key, record, keys++, rev);
  }

  /** Half of the zero bits with which the hash of a key begins. */
  private static int level(byte[] key) {
    byte[] cid = BlockCid.of(key).bytes();
    int zeros = 0;
    int at = DIGEST_AT;
    while (at < cid.length && cid[at] == 0) {
      zeros += Byte.SIZE;
      at++;
    }
    return (at < cid.length ? zeros + Integer.numberOfLeadingZeros(cid[at] & 0xff) - 24 : zeros)
        / 2;
  }

  /** Ends the tree of at least one key; its root. */
  BlockCid finish() throws IOException {
    finishBelow(top);
    BlockCid root = write(edge[top], top).cid();
    if (root == null) {
      throw new IllegalStateException("a tree without keys");
    }
    return root;
  }

  private void finishBelow(int level) throws IOException {
    for (int l = 0; l < level; l++) {
      OpenNode node = edge[l];
      if (!node.isEmpty()) {
        edge[l + 1].below(write(node, l));
        edge[l] = new OpenNode();
      }
    }
  }

  private Subtree write(OpenNode node, int level) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream(64 + 128 * node.entries.size());
    block.writeBytes(NODE_HEAD);
    head(block, ARRAY, node.entries.size());
    byte[] before = {};
    for (Entry entry : node.entries) {
      write(block, entry, before);
      before = entry.key();
    }
    block.writeBytes(LEFT);
    link(block, node.left.cid());
    BlockCid cid = BlockCid.of(block.toByteArray());
    nodes.node(block.toByteArray(), cid, node.place, level, node.newest);
    return new Subtree(cid, node.place, node.newest);
  }

  private static void write(ByteArrayOutputStream block, Entry entry, byte[] before) {
    int mismatch = Arrays.mismatch(before, entry.key());
    int shared = mismatch < 0 ? before.length : mismatch;
    block.writeBytes(ENTRY_HEAD);
    head(block, BYTES, entry.key().length - shared);
    block.write(entry.key(), shared, entry.key().length - shared);
    block.writeBytes(PREFIX);
    head(block, UNSIGNED, shared);
    block.writeBytes(RIGHT);
    link(block, entry.right().cid());
    block.writeBytes(VALUE);
    link(block, entry.value());
  }

  private static void link(ByteArrayOutputStream block, @Nullable BlockCid cid) {
    if (cid == null) {
      block.write(NULL);
    } else {
      block.writeBytes(LINK);
      block.writeBytes(cid.bytes());
    }
  }

  private static void head(ByteArrayOutputStream block, int major, int argument) {
    if (argument < 24) {
      block.write(major << 5 | argument);
    } else if (argument < 1 << Byte.SIZE) {
      block.write(major << 5 | 24);
      block.write(argument);
    } else {
      block.write(major << 5 | 25);
      block.write(argument >>> Byte.SIZE);
      block.write(argument);
    }
  }
}

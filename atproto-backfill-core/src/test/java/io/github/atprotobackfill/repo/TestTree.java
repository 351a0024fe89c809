package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Builds trees, and single nodes of any shape. */
final class TestTree {

  /** One entry of a node: {@code p}, {@code k}, {@code t}, {@code v}; digests of 32 bytes. */
  record Entry(int prefix, String suffix, byte @Nullable [] right, byte[] value) {}

  private final UnaryOperator<byte[]> keep;
  private final List<String> keys;
  private final List<byte[]> values;
  private final int[] levels;

  private TestTree(SortedMap<String, byte[]> records, UnaryOperator<byte[]> keep) {
    this.keep = keep;
    this.keys = List.copyOf(records.keySet());
    this.values = List.copyOf(records.values());
    this.levels = keys.stream().mapToInt(TestTree::level).toArray();
  }

  /**
   * Builds the tree of these paths and digests of records.
   *
   * @param keep takes each node's block, children first, and gives its digest
   * @return the digest of the root
   */
  static byte[] build(SortedMap<String, byte[]> records, UnaryOperator<byte[]> keep) {
    TestTree tree = new TestTree(records, keep);
    byte[] root = tree.node(0, tree.levels.length, tree.highest(0, tree.levels.length));
    return root == null ? keep.apply(node(null, List.of())) : root;
  }

  private byte @Nullable [] node(int from, int to, int level) {
    if (from == to) {
      return null;
    }
    List<Entry> entries = new ArrayList<>();
    int next = nextOf(level, from, to);
    byte[] left = node(from, next, level - 1);
    String before = "";
    while (next < to) {
      int behind = nextOf(level, next + 1, to);
      String key = keys.get(next);
      int prefix = sharedPrefix(before, key);
      byte[] right = node(next + 1, behind, level - 1);
      entries.add(new Entry(prefix, key.substring(prefix), right, values.get(next)));
      before = key;
      next = behind;
    }
    return keep.apply(node(left, entries));
  }

  private int nextOf(int level, int from, int to) {
    int next = from;
    while (next < to && levels[next] != level) {
      next++;
    }
    return next;
  }

  private int highest(int from, int to) {
    int highest = 0;
    for (int i = from; i < to; i++) {
      highest = Math.max(highest, levels[i]);
    }
    return highest;
  }

  static int sharedPrefix(String one, String other) {
    int length = 0;
    while (length < one.length()
        && length < other.length()
        && one.charAt(length) == other.charAt(length)) {
      length++;
    }
    return length;
  }

  /** The level of a key, counted bit by bit. */
  static int level(String key) {
    byte[] hash = TestCar.sha256(key.getBytes(US_ASCII));
    int bits = 0;
    while (bits < 256 && (hash[bits / 8] >>> (7 - bits % 8) & 1) == 0) {
      bits++;
    }
    return bits / 2;
  }

  /** The block of a node. */
  static byte[] node(byte @Nullable [] left, List<Entry> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xa2, 0x61, 'e'});
    head(out, 4, entries.size());
    for (Entry entry : entries) {
      out.writeBytes(new byte[] {(byte) 0xa4, 0x61, 'k'});
      head(out, 2, entry.suffix().length());
      out.writeBytes(entry.suffix().getBytes(ISO_8859_1));
      out.writeBytes(new byte[] {0x61, 'p'});
      head(out, 0, entry.prefix());
      out.writeBytes(new byte[] {0x61, 't'});
      out.writeBytes(linkOrNull(entry.right()));
      out.writeBytes(new byte[] {0x61, 'v'});
      out.writeBytes(TestCar.link(entry.value()));
    }
    out.writeBytes(new byte[] {0x61, 'l'});
    out.writeBytes(linkOrNull(left));
    return out.toByteArray();
  }

  private static byte[] linkOrNull(byte @Nullable [] digest) {
    return digest == null ? new byte[] {(byte) 0xf6} : TestCar.link(digest);
  }

  /** The head of a CBOR item, in its shortest form. */
  static void head(ByteArrayOutputStream out, int major, int size) {
    if (size < 24) {
      out.write(major << 5 | size);
    } else if (size < 1 << 8) {
      out.write(major << 5 | 24);
      out.write(size);
    } else if (size < 1 << 16) {
      out.write(major << 5 | 25);
      out.write(size >>> 8);
      out.write(size);
    } else {
      out.write(major << 5 | 26);
      out.write(size >>> 24);
      out.write(size >>> 16);
      out.write(size >>> 8);
      out.write(size);
    }
  }
}

package io.github.atprotobackfill.repo;

/**
 * One node of the tree, taken apart: where in its block the parts of each entry stand. Reads the
 * one encoding that a node has, {@code {"e": [{"k", "p", "t", "v"} …], "l"}} in canonical DAG-CBOR,
 * and nothing else. Used again for node after node; not thread-safe.
 *
 * @see <a href="https://atproto.com/specs/repository#mst-structure">Repository specification</a>
 */
final class MstNode {

  /** The place of a link that is null. */
  static final int NONE = -1;

  private static final int FIRST_ENTRIES = 8;

  private static final char ENTRIES = 'e';
  private static final char LEFT = 'l';
  private static final char SUFFIX = 'k';
  private static final char PREFIX = 'p';
  private static final char RIGHT = 't';
  private static final char VALUE = 'v';

  private static final int NODE_FIELDS = 2;
  private static final int ENTRY_FIELDS = 4;

  /** The block; whoever shows another one here decodes it next. */
  final BlockView block = new BlockView();

  int entries;
  int subtrees;

  /** The place of the CID of the subtree before the first entry. */
  int leftAt;

  /** The bytes that the key of an entry shares with the one before it. */
  int[] prefixLength = new int[FIRST_ENTRIES];

  int[] suffixAt = new int[FIRST_ENTRIES];
  int[] suffixLength = new int[FIRST_ENTRIES];

  /** The place of the CID of the subtree behind an entry. */
  int[] rightAt = new int[FIRST_ENTRIES];

  /** The place of the CID of an entry's record. */
  int[] valueAt = new int[FIRST_ENTRIES];

  private final CborCursor cbor = new CborCursor(new byte[0]);

  /** Takes the block apart. */
  void decode(int mostEntries) {
    cbor.reset(block.bytes, block.from, block.to);
    requireMap(NODE_FIELDS);
    cbor.requireKey(ENTRIES);
    entries = cbor.array();
    if (entries > mostEntries) {
      throw InvalidRepoException.malformed(
          "a node has " + entries + " entries, more than " + mostEntries);
    }
    makeRoomFor(entries);
    subtrees = 0;
    for (int i = 0; i < entries; i++) {
      decodeEntry(i);
    }
    cbor.requireKey(LEFT);
    leftAt = linkOrNull();
    cbor.end();
  }

  private void decodeEntry(int i) {
    requireMap(ENTRY_FIELDS);
    cbor.requireKey(SUFFIX);
    suffixLength[i] = cbor.bytesHead();
    suffixAt[i] = cbor.at();
    cbor.advance(suffixLength[i]);
    cbor.requireKey(PREFIX);
    prefixLength[i] = prefixLength();
    cbor.requireKey(RIGHT);
    rightAt[i] = linkOrNull();
    cbor.requireKey(VALUE);
    valueAt[i] = cbor.blockLink();
  }

  private int prefixLength() {
    long length = cbor.integer();
    if (length < 0 || length > MstPaths.MOST_BYTES) {
      throw InvalidRepoException.malformed("a key in the tree shares " + length + " bytes");
    }
    return (int) length;
  }

  private int linkOrNull() {
    if (cbor.tryNull()) {
      return NONE;
    }
    subtrees++;
    return cbor.blockLink();
  }

  private void requireMap(int fields) {
    if (cbor.map() != fields) {
      throw InvalidRepoException.malformed("a node of the tree has other fields than a node's");
    }
  }

  private void makeRoomFor(int count) {
    if (count > valueAt.length) {
      prefixLength = new int[count];
      suffixAt = new int[count];
      suffixLength = new int[count];
      rightAt = new int[count];
      valueAt = new int[count];
    }
  }

  /** Lets go of the block. */
  void clear() {
    block.clear();
  }
}

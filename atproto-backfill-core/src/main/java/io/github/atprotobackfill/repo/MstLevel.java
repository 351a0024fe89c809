package io.github.atprotobackfill.repo;

import java.util.Arrays;

/** A node on the way down to where a walk stands, and how far it has been gone through. */
final class MstLevel {

  /** The level of a root whose first key has not been seen. */
  static final int UNKNOWN = -1;

  private static final int FIRST_KEY_BYTES = 128;

  final MstNode node = new MstNode();

  /** The place of the node. */
  long place;

  /** Where it and those of its records are remembered, if they are. */
  int part;

  /** How many of its subtrees have been entered or passed over. */
  int subtrees;

  /** The entry that comes next; the subtree before it comes before. */
  int entry;

  /** Whether that subtree has been entered or passed over. */
  boolean entered;

  /** The level of the node's keys. */
  int level;

  /** The key of the next entry, or behind the last one that one's. */
  byte[] key = new byte[FIRST_KEY_BYTES];

  int keyLength;

  /** Whether that key is above the one before it in this node. */
  boolean ascends;

  void begin(int atLevel) {
    entry = 0;
    subtrees = 0;
    entered = false;
    level = atLevel;
    keyLength = 0;
  }

  boolean hasEntry() {
    return entry < node.entries;
  }

  /** The place of the digest of the subtree before the next entry. */
  int subtreeAt() {
    return entry == 0 ? node.leftAt : node.rightAt[entry - 1];
  }

  /** Makes the key of the next entry out of the one before. */
  void readKey() {
    int prefix = node.prefixLength[entry];
    int suffix = node.suffixLength[entry];
    int suffixAt = node.suffixAt[entry];
    byte[] bytes = node.block.bytes;
    if (prefix > keyLength
        || suffix == 0
        || (prefix < keyLength && key[prefix] == bytes[suffixAt])) {
      throw InvalidRepoException.malformed(
          "a key in the tree is not compressed by exactly what it shares with the one before");
    }
    int length = prefix + suffix;
    if (suffix > MstPaths.MOST_BYTES || length > MstPaths.MOST_BYTES) {
      throw InvalidRepoException.malformed(
          "a key in the tree has more than " + MstPaths.MOST_BYTES + " bytes");
    }
    if (length > key.length) {
      key = Arrays.copyOf(key, Math.max(length, 2 * key.length));
    }
    // The first byte that is not shared decides; without one there the longer key is above.
    ascends = prefix == keyLength || (key[prefix] & 0xff) < (bytes[suffixAt] & 0xff);
    System.arraycopy(bytes, suffixAt, key, prefix, suffix);
    keyLength = length;
  }
}

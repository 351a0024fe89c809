package io.github.atprotobackfill.repo;

/** What a key must be by itself to stand in a node: a path, and of the node's level. */
class MstChecks {

  /** Two zero bits a level make four records of one level to one of the next. */
  private static final int BITS_A_LEVEL = 2;

  private final BlockHasher hasher = new BlockHasher();
  private final MstPaths paths = new MstPaths();

  /** Whether the key is the path of a record. */
  boolean isPath(byte[] key, int length) {
    return paths.accepts(key, length);
  }

  /** The level of a key, 0 at the bottom. */
  final int level(byte[] key, int length) {
    return hasher.leadingZeros(key, 0, length) / BITS_A_LEVEL;
  }
}

package io.github.atprotobackfill.repo;

import java.io.Closeable;
import java.io.IOException;

/**
 * Where blocks are kept, each behind the last as its length (four bytes), its digest and its
 * content. A place is the offset of the length.
 */
sealed interface BlockBytes extends Closeable permits BlockMemory, BlockFile {

  /** What stands before a block's content. */
  int HEAD_BYTES = Integer.BYTES + BlockCid.DIGEST_BYTES;

  int CACHE_LINE_BYTES = 64;

  /** Most blocks have no more than so many bytes. */
  int TOUCHED_BYTES = 7 * CACHE_LINE_BYTES;

  /** Keeps a block whose digest stands at {@code digestAt}; the place. */
  long append(byte[] source, int digestAt, int from, int to) throws IOException;

  /** Whether the block at {@code place} has the digest that stands at {@code digestAt}. */
  boolean hasDigest(long place, byte[] source, int digestAt) throws IOException;

  void show(long place, BlockView view) throws IOException;

  /**
   * Reads a byte of each cache line that the block at {@code place} likely has, so that all of them
   * are on their way while something else is done; whatever these bytes sum up to.
   */
  int touch(long place);

  @Override
  void close();
}

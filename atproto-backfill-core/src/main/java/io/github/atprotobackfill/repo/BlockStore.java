package io.github.atprotobackfill.repo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The blocks of one repo by their hash: in memory as long as they fit, else in a temporary file.
 * The heap they take is what the reader allows, and the index.
 *
 * <p>Filled by one thread and {@linkplain #seal sealed}; then read by any number of them, as long
 * as it is open.
 */
final class BlockStore implements AutoCloseable {

  private final Path directory;
  private final int largestBlock;
  private final BlockIndex index = new BlockIndex(ThreadLocalRandom.current().nextLong());
  private BlockBytes blocks;
  private volatile boolean closed;

  BlockStore(BlockMemory memory, Path directory, int largestBlock) {
    this.blocks = memory;
    this.directory = directory;
    this.largestBlock = largestBlock;
  }

  /**
   * Keeps a block whose digest stands at {@code digestAt} and was checked; one that is here already
   * is left out.
   *
   * @throws UncheckedIOException when the temporary file cannot be written
   * @throws ClosedByInterruptException when this thread was interrupted
   */
  void add(byte[] source, int digestAt, int from, int to) throws ClosedByInterruptException {
    try {
      long found = index.find(blocks, source, digestAt);
      if (found < 0) {
        index.put(found, source, digestAt, append(source, digestAt, from, to));
      }
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw notKept(e);
    }
  }

  private long append(byte[] source, int digestAt, int from, int to) throws IOException {
    if (blocks instanceof BlockMemory memory && !memory.makesRoomFor(to - from)) {
      spill(memory);
    }
    return blocks.append(source, digestAt, from, to);
  }

  private void spill(BlockMemory memory) throws IOException {
    BlockFile file = BlockFile.in(directory, largestBlock);
    blocks = file;
    file.takeOver(memory);
    memory.close();
  }

  /** Ends the filling. */
  void seal() throws ClosedByInterruptException {
    try {
      if (blocks instanceof BlockFile file) {
        file.seal();
      }
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw notKept(e);
    }
  }

  /** Shows the block with the digest that stands at {@code digestAt}; false when there is none. */
  boolean show(byte[] source, int digestAt, BlockView view) {
    return show(place(source, digestAt), view);
  }

  /**
   * Shows the block that {@link #place} found, or did not find, for the digest that stands at
   * {@code digestAt}; false when it is not there.
   */
  boolean show(long place, byte[] source, int digestAt, BlockView view) {
    requireOpen();
    try {
      // A temporary file is not ours alone: somebody else may have come across it.
      return place >= 0 && blocks.hasDigest(place, source, digestAt) && show(place, view);
    } catch (IOException e) {
      throw notRead(e);
    }
  }

  private boolean show(long place, BlockView view) {
    if (place < 0) {
      return false;
    }
    try {
      blocks.show(place, view);
    } catch (IOException e) {
      throw notRead(e);
    }
    return true;
  }

  /** Has a block that will be shown on its way from memory; what that gives has no meaning. */
  int touch(long place) {
    return blocks.touch(place);
  }

  /** Where the block is with the digest that stands at {@code digestAt}; negative when nowhere. */
  long place(byte[] source, int digestAt) {
    requireOpen();
    try {
      return index.find(blocks, source, digestAt);
    } catch (IOException e) {
      throw notRead(e);
    }
  }

  /** Throws {@link IllegalStateException} when it is closed. */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the repo is closed");
    }
  }

  int size() {
    return index.size();
  }

  boolean isInMemory() {
    return blocks instanceof BlockMemory;
  }

  private UncheckedIOException notKept(IOException cause) {
    return new UncheckedIOException("cannot keep a repo's blocks in " + directory, cause);
  }

  private UncheckedIOException notRead(IOException cause) {
    return new UncheckedIOException("cannot read a repo's blocks in " + directory, cause);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      blocks.close();
    }
  }
}

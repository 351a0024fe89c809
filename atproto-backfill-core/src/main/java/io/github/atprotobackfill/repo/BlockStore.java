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

  /** Whether there is a block with the digest that stands at {@code digestAt}. */
  boolean has(byte[] source, int digestAt) {
    return place(source, digestAt) >= 0;
  }

  /** Shows the block with the digest that stands at {@code digestAt}; false when there is none. */
  boolean show(byte[] source, int digestAt, BlockView view) {
    long place = place(source, digestAt);
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

  private long place(byte[] source, int digestAt) {
    if (closed) {
      throw new IllegalStateException("the repo is closed");
    }
    try {
      return index.find(blocks, source, digestAt);
    } catch (IOException e) {
      throw notRead(e);
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

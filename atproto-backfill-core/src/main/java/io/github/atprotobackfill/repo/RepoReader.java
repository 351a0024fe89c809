package io.github.atprotobackfill.repo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens repositories from CAR v1 files, as {@code com.atproto.sync.getRepo} gives them, with their
 * blocks in any order. Thread-safe.
 *
 * <p>The hash of every block is checked as it arrives, and then, unless {@linkplain
 * RepoReaderBuilder#verifyTree told otherwise}, that the tree is valid and complete. Blocks that
 * the repo does not refer to, and repeated ones, are passed over. How much memory that takes
 * depends on the {@linkplain RepoReaderBuilder#memoryBytes configuration} and the number of blocks,
 * not on their size.
 *
 * @see <a href="https://atproto.com/specs/repository">Repository specification</a>
 */
public final class RepoReader {

  private final BlockBudget budget;
  private final int inMemoryBytes;
  private final Path directory;
  private final RepoLimits limits;
  private final boolean verifyTree;

  RepoReader(RepoReaderBuilder builder) {
    this.budget = new BlockBudget(builder.memoryBytes);
    this.inMemoryBytes = builder.inMemoryBytes;
    this.directory = builder.directory;
    this.limits = builder.limits;
    this.verifyTree = builder.verifyTree;
  }

  /** A builder of readers. */
  public static RepoReaderBuilder builder() {
    return new RepoReaderBuilder();
  }

  /**
   * Opens the repo in a file; {@link #read(InputStream)} says how.
   *
   * @throws IOException when the file cannot be read
   */
  public Repo read(Path car) throws IOException {
    try (InputStream in = Files.newInputStream(car)) {
      return read(in);
    }
  }

  /**
   * Opens the repo that a stream gives, which is read to its end and not closed. To be closed by
   * the caller.
   *
   * @throws InvalidRepoException when it is malformed, exceeds a limit, or is incomplete: the
   *     latter also for a stream that ends within a block. No signature is checked here; that is
   *     for {@link RepoCommit#isSignedBy}
   * @throws IOException when the stream cannot be read, or this thread was interrupted
   * @throws UncheckedIOException when a temporary file cannot be written or read
   */
  public Repo read(InputStream car) throws IOException {
    BlockStore blocks =
        new BlockStore(new BlockMemory(budget, inMemoryBytes), directory, limits.blockBytes());
    MstPlaces places = new MstPlaces(budget, inMemoryBytes);
    try {
      Repo repo = open(new CarStream(car, limits), blocks, places);
      if (verifyTree) {
        repo.verify();
      }
      return repo;
    } catch (Throwable e) {
      places.close();
      closeAfter(e, blocks);
      throw e;
    }
  }

  private static void closeAfter(Throwable failure, BlockStore blocks) {
    try {
      blocks.close();
    } catch (UncheckedIOException e) {
      failure.addSuppressed(e);
    }
  }

  private Repo open(CarStream car, BlockStore blocks, MstPlaces places) throws IOException {
    CarHeader header = car.header();
    keepBlocks(car, blocks);
    BlockView block = new BlockView();
    if (!blocks.show(header.root().bytes(), BlockCid.DIGEST_AT, block)) {
      throw InvalidRepoException.incomplete("the commit is missing");
    }
    RepoCommit commit = RepoCommit.parse(block.bytes, block.from, block.to);
    return new Repo(commit, blocks, places, limits, header.roots(), car.bytesRead());
  }

  private static void keepBlocks(CarStream car, BlockStore blocks) throws IOException {
    BlockHasher hasher = new BlockHasher();
    CarCid cid = car.cid();
    while (car.next()) {
      if (!cid.isSha256()) {
        continue;
      }
      if (!hasher.matches(car.bytes(), car.blockFrom(), car.blockTo(), cid.digestAt())) {
        throw InvalidRepoException.malformed(
            "block " + car.blocks() + " of the CAR file does not have the hash it is named by");
      }
      if (cid.isOfRepo()) {
        blocks.add(car.bytes(), cid.digestAt(), car.blockFrom(), car.blockTo());
      }
    }
    blocks.seal();
  }
}

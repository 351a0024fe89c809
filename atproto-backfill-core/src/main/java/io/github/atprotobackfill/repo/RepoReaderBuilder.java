package io.github.atprotobackfill.repo;

import java.nio.file.Path;
import java.util.Objects;

/** Configures a {@link RepoReader}; not thread-safe. */
public final class RepoReaderBuilder {

  /** The default of {@link #inMemoryBytes}. */
  public static final int DEFAULT_IN_MEMORY_BYTES = 8 << 20;

  /** The default of {@link #memoryBytes}. */
  public static final long DEFAULT_MEMORY_BYTES = 64L << 20;

  private static final int MOST_IN_MEMORY_BYTES = 1 << 30;

  int inMemoryBytes = DEFAULT_IN_MEMORY_BYTES;
  long memoryBytes = DEFAULT_MEMORY_BYTES;
  Path directory = Path.of(System.getProperty("java.io.tmpdir"));
  RepoLimits limits = RepoLimits.DEFAULT;
  boolean verifyTree = true;

  RepoReaderBuilder() {}

  /**
   * The largest repo that is kept in memory, in bytes; default {@link #DEFAULT_IN_MEMORY_BYTES}. A
   * larger one goes to a temporary file.
   */
  public RepoReaderBuilder inMemoryBytes(int most) {
    if (most < 0 || most > MOST_IN_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "inMemoryBytes must be 0 to " + MOST_IN_MEMORY_BYTES + ": " + most);
    }
    this.inMemoryBytes = most;
    return this;
  }

  /**
   * How many bytes of all repos open at once may be in memory; default {@link
   * #DEFAULT_MEMORY_BYTES}. A repo that finds none left goes to a temporary file, however small it
   * is. What is left also remembers where a repo's records are, about 13 bytes a record and at most
   * {@link #inMemoryBytes} again; else they are searched for, which takes a little longer.
   *
   * <p>Beside these bytes an open repo takes up to 22 bytes of heap for each of its blocks, for
   * moments half as much again, and while it is being read, a buffer that holds its largest block.
   */
  public RepoReaderBuilder memoryBytes(long most) {
    if (most < 0) {
      throw new IllegalArgumentException("negative memoryBytes: " + most);
    }
    this.memoryBytes = most;
    return this;
  }

  /**
   * Where temporary files are made; default the system property {@code java.io.tmpdir}. They are
   * readable by their owner alone, have no name once they are open, and are gone when the repo is
   * closed or the process ends, in whatever way.
   */
  public RepoReaderBuilder directory(Path directory) {
    this.directory = Objects.requireNonNull(directory);
    return this;
  }

  /** The largest repo that is read; default {@link RepoLimits#DEFAULT}. */
  public RepoReaderBuilder limits(RepoLimits limits) {
    this.limits = Objects.requireNonNull(limits);
    return this;
  }

  /**
   * Whether opening a repo shows that its whole tree is valid and that no record is missing, before
   * the first record is given; default true. Without it the walk of a {@link RecordCursor} finds
   * what is wrong with the part of the tree it goes through, when it comes there.
   */
  public RepoReaderBuilder verifyTree(boolean verify) {
    this.verifyTree = verify;
    return this;
  }

  /** The reader so configured. */
  public RepoReader build() {
    return new RepoReader(this);
  }
}

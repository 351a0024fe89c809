package io.github.atprotobackfill.examples;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file in the making, beside the one that it replaces in one step when it is complete; closed
 * before that, or left behind by Ctrl-C, it is gone.
 */
record PartialFile(Path path, Path file) implements AutoCloseable {

  /** Begins what is to become {@code file}. */
  static PartialFile of(Path file) throws IOException {
    Path whole = file.toAbsolutePath();
    Path name = whole.getFileName();
    if (name == null || Files.isDirectory(whole)) {
      throw new IOException(file + " is a directory");
    }
    Path part = whole.resolveSibling(name + "." + ProcessHandle.current().pid() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(part);
    part.toFile().deleteOnExit();
    return new PartialFile(part, whole);
  }

  /** Puts it in its place; returns that. */
  Path complete() throws IOException {
    try {
      return Files.move(
          path, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      return Files.move(path, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }
}

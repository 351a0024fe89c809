package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Opens one CAR file, every check included, and makes JSON of each record. */
final class CarMain {

  /** Printed when half of the file has been read. */
  static final String HALF = "half";

  /** Printed when the file is open and its records are being read. */
  static final String OPEN = "open";

  private CarMain() {}

  public static void main(String[] arguments) throws IOException {
    Options options = new Options(List.of(arguments));
    Path car = Path.of(options.required("car"));
    RepoReader reader =
        RepoReader.builder().directory(Path.of(options.required("directory"))).build();
    options.refuseUnknown();
    HeapWatch heap = HeapWatch.start();
    long begin = System.nanoTime();
    long records = 0;
    long bytes = 0;
    try (InputStream in = new Halfway(car);
        Repo repo = reader.read(in)) {
      System.out.println(OPEN);
      RecordCursor cursor = repo.records();
      while (cursor.next()) {
        bytes += cursor.json().length;
        records++;
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.println(
        records + " " + bytes + " " + seconds + " " + (heap.mostAfterCollection() >> 20));
  }

  /** A file that says when half of it has been read. */
  private static final class Halfway extends FilterInputStream {

    private long left;

    Halfway(Path file) throws IOException {
      super(Files.newInputStream(file));
      left = Files.size(file) / 2;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      int read = super.read(bytes, from, count);
      boolean before = left > 0;
      left -= read;
      if (before && left <= 0) {
        System.out.println(HALF);
      }
      return read;
    }
  }
}

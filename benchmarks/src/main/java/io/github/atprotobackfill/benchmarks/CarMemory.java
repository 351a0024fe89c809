package io.github.atprotobackfill.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A CAR file of very many records in a JVM with a small heap, its blocks in three orders; and what
 * is left on disk, also of a process that was killed while it read.
 */
final class CarMemory implements Benchmark {

  private static final long PATIENCE_SECONDS = 30;

  private final int records;
  private final String heap;

  CarMemory(Options options) {
    records = options.number("records", 1_000_000);
    heap = options.text("heap").orElse("64m");
  }

  @Override
  public void run(Report report) throws Exception {
    Path directory = Files.createTempDirectory("car-memory");
    Path spool = Files.createDirectory(directory.resolve("spool"));
    Path car = directory.resolve("repo.car");
    try {
      report.say("one repo of %,d records, heap of %s", records, heap);
      report.row("order of blocks", "MB of CAR", "records", "seconds", "records/s", "heap, MB");
      for (RepoFile.Order order : RepoFile.Order.values()) {
        RepoFile.write(car, records, order);
        row(report, order, car, finished(start(car, spool)));
      }
      report.table();
      report.say("(heap: the most that was ever left by a garbage collection)%n");
      report.verdict("every order in a heap of " + heap, "ended", "to end", true);
      nothingLeft(report, "after the end", spool);
      killAt(CarMain.HALF, car, spool);
      nothingLeft(report, "after kill -9 while blocks were spooled", spool);
      killAt(CarMain.OPEN, car, spool);
      nothingLeft(report, "after kill -9 while records were read", spool);
    } finally {
      Files.deleteIfExists(car);
      Files.deleteIfExists(spool);
      Files.deleteIfExists(directory);
    }
  }

  private Process start(Path car, Path spool) throws IOException {
    return Jvm.start(
        List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"),
        CarMain.class,
        List.of("--car", car.toString(), "--directory", spool.toString()));
  }

  private static String finished(Process process) throws IOException, InterruptedException {
    String last = "";
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
      }
    } finally {
      process.destroy();
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the file could not be read in so small a heap");
    }
    return last;
  }

  private void row(Report report, RepoFile.Order order, Path car, String line) throws IOException {
    String[] figures = line.split(" ", -1);
    long found = Long.parseLong(figures[0]);
    if (found != records) {
      throw new IllegalStateException(found + " records instead of " + records);
    }
    double seconds = Double.parseDouble(figures[2]);
    report.row(
        order,
        Files.size(car) / 1_000_000,
        found,
        seconds,
        found / seconds,
        Long.parseLong(figures[3]));
  }

  private void killAt(String moment, Path car, Path spool)
      throws IOException, InterruptedException {
    Process process = start(car, spool);
    try (BufferedReader lines = process.inputReader()) {
      String line = lines.readLine();
      while (line != null && !line.equals(moment)) {
        line = lines.readLine();
      }
      if (line == null) {
        throw new IllegalStateException("it ended before it could be killed");
      }
      kill(process);
    }
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it cannot be killed");
    }
  }

  private static void nothingLeft(Report report, String when, Path spool) throws IOException {
    try (Stream<Path> left = Files.list(spool)) {
      long files = left.count();
      report.verdict("temporary files " + when, "" + files, "none", files == 0);
    }
  }
}

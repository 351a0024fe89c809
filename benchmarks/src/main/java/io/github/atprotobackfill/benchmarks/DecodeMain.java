package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoReader;
import io.github.atprotobackfill.repo.RepoReaderBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Decodes one CAR file again and again in one process, on one thread: every hash, the whole tree,
 * the key, the CID and the JSON of every record. Prints a line a run: records, seconds, seconds of
 * processor time.
 */
final class DecodeMain {

  private static final int BLOCK_BYTES = 465;

  private DecodeMain() {}

  /** Something done to the whole file; how many records that were. */
  @FunctionalInterface
  private interface Run {

    long run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Options options = new Options(List.of(arguments));
    byte[] car = Files.readAllBytes(Path.of(options.required("car")));
    String what = options.oneOf("what", "decode", "hash");
    int inMemory = options.number("in-memory", RepoReaderBuilder.DEFAULT_IN_MEMORY_BYTES);
    double warmUp = options.decimal("warm-up", 3);
    double seconds = options.decimal("seconds", 3);
    options.refuseUnknown();
    RepoReader reader =
        RepoReader.builder().inMemoryBytes(inMemory).memoryBytes(4L * inMemory).build();
    Run run = what.equals("hash") ? hashing(car) : () -> decode(reader, car);
    repeat(run, warmUp, false);
    repeat(run, seconds, true);
  }

  private static void repeat(Run run, double seconds, boolean tell) throws Exception {
    double spent = 0;
    while (spent < seconds) {
      long processor = processorNanos();
      long begin = System.nanoTime();
      long records = run.run();
      double wall = (System.nanoTime() - begin) / 1e9;
      if (tell) {
        System.out.println(records + " " + wall + " " + (processorNanos() - processor) / 1e9);
      }
      spent += wall;
    }
  }

  /** What the collector and the compiler take counts, too. */
  private static long processorNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  private static long decode(RepoReader reader, byte[] car) throws IOException {
    long records = 0;
    long bytes = 0;
    try (Repo repo = reader.read(new ByteArrayInputStream(car))) {
      RecordCursor cursor = repo.records();
      while (cursor.next()) {
        bytes += cursor.json().length;
        bytes += cursor.collection().value().length() + cursor.rkey().value().length();
        bytes += cursor.cid().codec();
        records++;
      }
    }
    if (bytes < records) {
      throw new IllegalStateException("records without content");
    }
    return records;
  }

  /** SHA-256 alone, over as many bytes, in pieces as large as blocks mostly are. */
  private static Run hashing(byte[] car) throws NoSuchAlgorithmException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] digest = new byte[32];
    return () -> hash(car, sha256, digest);
  }

  private static long hash(byte[] car, MessageDigest sha256, byte[] digest) throws DigestException {
    for (int at = 0; at < car.length; at += BLOCK_BYTES) {
      sha256.update(car, at, Math.min(BLOCK_BYTES, car.length - at));
      sha256.digest(digest, 0, digest.length);
    }
    return 0;
  }
}

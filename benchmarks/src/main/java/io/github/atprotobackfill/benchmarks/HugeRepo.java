package io.github.atprotobackfill.benchmarks;

import java.util.List;

/** One repo of very many records in a JVM with a small heap. */
final class HugeRepo implements Benchmark {

  private final int records;
  private final String heap;

  HugeRepo(Options options) {
    records = options.number("records", 1_000_000);
    heap = options.text("heap").orElse("64m");
  }

  @Override
  public void run(Report report) throws Exception {
    report.say("one repo of %,d records, heap of %s", records, heap);
    try (Postgres postgres = Postgres.start();
        Database database = postgres.newDatabase();
        NetworkProcess network = NetworkProcess.start("--records", records)) {
      Jvm.run(
          List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"),
          JobMain.class,
          List.of(
              "--database", database.url(),
              "--directory", network.directory().toString(),
              "--did", network.firstAccount().toString()));
      report.verdict("the job in a heap of " + heap, "ended", "to end", true);
    }
  }
}

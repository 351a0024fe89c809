package io.github.atprotobackfill.benchmarks;

import java.util.List;

/**
 * A job of very many repos in a JVM with a small heap; hosts and database are other processes. Also
 * how long claims take along the way.
 */
final class MillionRepos implements Benchmark {

  private final int repos;
  private final int hosts;
  private final int records;
  private final String heap;

  MillionRepos(Options options) {
    repos = options.number("repos", 1_000_000);
    hosts = options.number("hosts", 100);
    records = options.number("records", 1);
    heap = options.text("heap").orElse("256m");
  }

  @Override
  public void run(Report report) throws Exception {
    report.say("%,d repos of %d record(s) on %d hosts, heap of %s", repos, records, hosts, heap);
    try (Postgres postgres = Postgres.start();
        Database database = postgres.newDatabase();
        NetworkProcess network =
            NetworkProcess.start("--hosts", hosts, "--accounts", repos, "--records", records)) {
      Jvm.run(
          List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"),
          JobMain.class,
          List.of(
              "--database", database.url(),
              "--directory", network.directory().toString(),
              "--relay", network.relay().toString()));
      report.verdict("the job in a heap of " + heap, "ended", "to end", true);
    }
  }
}

package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.JobSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A queue of a million repos alone: put in, claimed 64 at a time host after host, settled. Is a
 * claim near the end as fast as at the start?
 */
final class Claims implements Benchmark {

  /** Noise aside, a claim is to cost the same all along; so much is let pass as noise. */
  private static final double TARGET = 1.25;

  private final int repos;
  private final int hosts;
  private final boolean sqlite;

  Claims(Options options) {
    repos = options.number("repos", 1_000_000);
    hosts = options.number("hosts", 100);
    sqlite = options.oneOf("database", "postgresql", "sqlite").equals("sqlite");
  }

  @Override
  public void run(Report report) throws Exception {
    if (sqlite) {
      Path directory = Files.createTempDirectory("claims");
      try (Database database = Database.onSqlite(directory.resolve("queue.db"))) {
        measure(report, database);
      } finally {
        delete(directory);
      }
    } else {
      try (Postgres postgres = Postgres.start();
          Database database = postgres.newDatabase()) {
        measure(report, database);
      }
    }
  }

  private static void delete(Path directory) throws java.io.IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void measure(Report report, Database database) {
    BackfillStores stores = database.stores();
    UUID job = stores.progress().open(new JobSpec("claims", "{}")).id();
    QueueLoad load = new QueueLoad(stores.queue(), job, hosts);
    double enqueued = load.enqueue(repos, 1);
    long begin = System.nanoTime();
    List<QueueLoad.Cost> costs = work(load);
    double worked = (System.nanoTime() - begin) / 1e9;
    report.say(
        "%,d repos of %d hosts in %s: put in at %,.0f a second, claimed and settled at %,.0f",
        repos, hosts, sqlite ? "SQLite" : "PostgreSQL", repos / enqueued, repos / worked);
    tell(report, costs);
  }

  /** Claims and settles host after host until nothing is left; the costs of all full claims. */
  private List<QueueLoad.Cost> work(QueueLoad load) {
    List<QueueLoad.Cost> costs = new ArrayList<>();
    int left = repos;
    for (int turn = 0; left > 0; turn++) {
      QueueLoad.Cost cost = load.claimAndSettle(turn);
      if (cost.full()) {
        costs.add(cost);
      }
      left -= cost.repos();
    }
    return costs;
  }

  private static void tell(Report report, List<QueueLoad.Cost> costs) {
    report.row("done", "claim of 64, ms", "least", "most", "settling 64, ms");
    // The first claims of a process also pay for its warming up.
    int window = Math.max(1, costs.size() / 50);
    double atStart = 0;
    double atEnd = 0;
    for (int percent = 0; percent <= 100; percent += 25) {
      int from = Math.min(costs.size() - window, (int) ((long) costs.size() * percent / 100));
      List<QueueLoad.Cost> there = costs.subList(from, from + window);
      Spread claim = Spread.of(there.stream().map(QueueLoad.Cost::claimMillis).toList());
      Spread settle = Spread.of(there.stream().map(QueueLoad.Cost::settleMillis).toList());
      report.row(percent + " %", claim.median(), claim.least(), claim.most(), settle.median());
      atStart = percent == 0 ? claim.median() : atStart;
      atEnd = claim.median();
    }
    report.table();
    report.atMost("claim at the end ÷ at the start", atEnd / atStart, TARGET);
  }
}

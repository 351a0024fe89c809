package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A queue of a million repos alone: put in, claimed 64 at a time host after host, settled. Is a
 * claim near the end as fast as at the start?
 */
final class Claims implements Benchmark {

  /** Noise aside, a claim is to cost the same all along; so much is let pass as noise. */
  private static final double TARGET = 1.25;

  private static final int PAGE = 1000;
  private static final int CLAIM = 64;
  private static final Duration LEASE = Duration.ofMinutes(10);
  private static final Tid REV = Tid.parse("3n2sk6hl3fc22");
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

  private final int repos;
  private final int hosts;
  private final boolean sqlite;

  /** How long one claim and the update that settles it took. */
  private record Cost(long claimNanos, long settleNanos) {}

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
    WorkQueue queue = stores.queue();
    double enqueued = enqueue(queue, job);
    long begin = System.nanoTime();
    List<Cost> costs = work(queue, job);
    double worked = (System.nanoTime() - begin) / 1e9;
    report.say(
        "%,d repos of %d hosts in %s: put in at %,.0f a second, claimed and settled at %,.0f",
        repos, hosts, sqlite ? "SQLite" : "PostgreSQL", repos / enqueued, repos / worked);
    tell(report, costs);
  }

  /** Seconds that it takes to put the repos in, a page of a listing at a time. */
  private double enqueue(WorkQueue queue, UUID job) {
    SplittableRandom random = new SplittableRandom(1);
    long begin = System.nanoTime();
    for (int first = 0; first < repos; first += PAGE) {
      List<QueuedRepo> page = new ArrayList<>();
      for (int i = first; i < Math.min(repos, first + PAGE); i++) {
        page.add(new QueuedRepo(did(random), host(i % hosts), REV));
      }
      queue.enqueue(job, page);
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static Did did(SplittableRandom random) {
    StringBuilder did = new StringBuilder("did:plc:");
    for (int i = 0; i < 24; i++) {
      did.append(BASE32.charAt(random.nextInt(BASE32.length())));
    }
    return Did.parse(did.toString());
  }

  private static ServiceUrl host(int number) {
    return ServiceUrl.parse("https://pds" + number + ".example.com");
  }

  /** Claims and settles host after host until nothing is left; the costs of all full claims. */
  private List<Cost> work(WorkQueue queue, UUID job) {
    List<Cost> costs = new ArrayList<>();
    int left = repos;
    for (int turn = 0; left > 0; turn++) {
      long begin = System.nanoTime();
      List<Lease> leases =
          queue.claim(job, "benchmark", List.of(new ClaimFor(host(turn % hosts), CLAIM)), LEASE);
      long claimed = System.nanoTime();
      if (!leases.isEmpty()) {
        queue.apply(
            job, leases.stream().<LeaseUpdate>map(l -> new LeaseUpdate.Done(l, REV)).toList());
      }
      if (leases.size() == CLAIM) {
        costs.add(new Cost(claimed - begin, System.nanoTime() - claimed));
      }
      left -= leases.size();
    }
    return costs;
  }

  private static void tell(Report report, List<Cost> costs) {
    report.row("done", "claim of 64, ms", "least", "most", "settling 64, ms");
    // The first claims of a process also pay for its warming up.
    int window = Math.max(1, costs.size() / 50);
    double atStart = 0;
    double atEnd = 0;
    for (int percent = 0; percent <= 100; percent += 25) {
      int from = Math.min(costs.size() - window, (int) ((long) costs.size() * percent / 100));
      List<Cost> there = costs.subList(from, from + window);
      Spread claim = Spread.of(there.stream().map(cost -> cost.claimNanos() / 1e6).toList());
      Spread settle = Spread.of(there.stream().map(cost -> cost.settleNanos() / 1e6).toList());
      report.row(percent + " %", claim.median(), claim.least(), claim.most(), settle.median());
      atStart = percent == 0 ? claim.median() : atStart;
      atEnd = claim.median();
    }
    report.table();
    report.atMost("claim at the end ÷ at the start", atEnd / atStart, TARGET);
  }
}

package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Many small repos into PostgreSQL, against the rate at which the same database takes the same rows
 * when nothing else is to be done. Also how fast the same job is without a database, which is what
 * the network allows.
 */
final class SmallRepos implements Benchmark {

  private static final double TARGET = 0.6;
  private static final int BATCH = 1000;

  private final int rounds;
  private final int warmUps;
  private final int repos;
  private final int hosts;
  private final double median;
  private final double sigma;
  private final boolean byHosts;
  private final boolean listing;
  private final List<Run> whole = new ArrayList<>();
  private final List<Discarded> discarded = new ArrayList<>();
  private final List<Double> oneThread = new ArrayList<>();
  private final List<Double> twoThreads = new ArrayList<>();

  /** One whole job, with the processor time that each of the three parties took for it. */
  private record Run(Rig.Ended ended, Duration client, Duration network, Duration database) {}

  /** The same job with nothing kept. */
  private record Discarded(Rig.Ended ended, Duration client, Duration network) {}

  SmallRepos(Options options) {
    rounds = options.number("rounds", 7);
    warmUps = options.number("warm-ups", 3);
    repos = options.number("repos", 2000);
    hosts = options.number("hosts", 20);
    median = options.decimal("median", 5);
    sigma = options.decimal("sigma", 1.5);
    byHosts = options.oneOf("by", "relay", "hosts").equals("hosts");
    listing = options.oneOf("fetch", "auto", "list-records").equals("list-records");
  }

  @Override
  public void run(Report report) throws Exception {
    try (Postgres postgres = Postgres.start();
        NetworkProcess network =
            NetworkProcess.start(
                "--hosts", hosts, "--accounts", repos, "--median", median, "--sigma", sigma)) {
      Rig any = Rig.unlimited(network.directory()).confirmHosts(!byHosts);
      Rig rig = listing ? any.listing() : any;
      BackfillJob job =
          byHosts
              ? new BackfillJob.Hosts(network.hosts(), Set.of(Rig.COLLECTION))
              : new BackfillJob.Collections(
                  List.of(network.relay()), Set.of(Rig.COLLECTION), false);
      Queue<RecordEvent> collected = new ConcurrentLinkedQueue<>();
      rig.run(job, new InMemoryStores(), collected::addAll);
      List<RecordEvent> rows = List.copyOf(collected);
      for (int round = -warmUps; round < rounds; round++) {
        Run run = wholeJob(rig, job, postgres, network);
        Discarded thrownAway = thrownAway(rig, job, network);
        double alone = upsert(postgres, rows, 1);
        double both = upsert(postgres, rows, 2);
        if (round >= 0) {
          whole.add(run);
          discarded.add(thrownAway);
          oneThread.add(alone);
          twoThreads.add(both);
        }
      }
    }
    tell(report);
  }

  private static Run wholeJob(Rig rig, BackfillJob job, Postgres postgres, NetworkProcess network)
      throws Exception {
    try (Database database = postgres.newDatabase()) {
      Duration clientBefore = clientTime();
      Duration networkBefore = network.processorTime();
      Duration databaseBefore = database.processorTime();
      Rig.Ended ended = rig.run(job, database.stores(), database.sink());
      return new Run(
          ended,
          clientTime().minus(clientBefore),
          network.processorTime().minus(networkBefore),
          database.processorTime().minus(databaseBefore));
    }
  }

  private static Discarded thrownAway(Rig rig, BackfillJob job, NetworkProcess network)
      throws InterruptedException {
    Duration clientBefore = clientTime();
    Duration networkBefore = network.processorTime();
    Rig.Ended ended = rig.run(job, new InMemoryStores(), events -> {});
    return new Discarded(
        ended, clientTime().minus(clientBefore), network.processorTime().minus(networkBefore));
  }

  private static Duration clientTime() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return Duration.ofNanos(system.getProcessCpuTime());
  }

  /** Rows a second that the sink takes in full batches, the rows of a repo always together. */
  private static double upsert(Postgres postgres, List<RecordEvent> rows, int threads)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (Database database = postgres.newDatabase()) {
      RecordSink sink = database.sink();
      List<Future<?>> parts = new ArrayList<>();
      long begin = System.nanoTime();
      for (int part = 0; part < threads; part++) {
        List<RecordEvent> own =
            rows.subList(part * rows.size() / threads, (part + 1) * rows.size() / threads);
        parts.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < own.size(); i += BATCH) {
                    sink.write(own.subList(i, Math.min(own.size(), i + BATCH)));
                  }
                  return null;
                }));
      }
      for (Future<?> part : parts) {
        part.get();
      }
      return rows.size() / ((System.nanoTime() - begin) / 1e9);
    } finally {
      pool.shutdownNow();
    }
  }

  private void tell(Report report) {
    var last = whole.get(whole.size() - 1).ended().progress();
    report.say(
        "%,d repos (median %.0f, sigma %.1f) on %d hosts, found by %s: %,d records, %,d requests"
            + " (%.1f a repo)",
        repos,
        median,
        sigma,
        hosts,
        byHosts ? "listRepos of hosts" : "listReposByCollection",
        last.counts().seen(),
        last.counts().requests(),
        (double) last.counts().requests() / repos);
    List<Double> rates = whole.stream().map(run -> run.ended().recordsPerSecond()).toList();
    report.row("variant", "records/s", "least", "most", "requests/s");
    row(report, "whole job into PostgreSQL", rates, (double) last.counts().requests());
    List<Double> thrownAway =
        discarded.stream().map(run -> run.ended().recordsPerSecond()).toList();
    row(report, "whole job, thrown away", thrownAway, (double) last.counts().requests());
    row(report, "upsert alone, 1 thread", oneThread, 0);
    row(report, "upsert alone, 2 threads", twoThreads, 0);
    report.table();
    split(report);
    List<Double> ratios = new ArrayList<>();
    List<Double> toNetwork = new ArrayList<>();
    for (int i = 0; i < rates.size(); i++) {
      ratios.add(rates.get(i) / Math.max(oneThread.get(i), twoThreads.get(i)));
      toNetwork.add(rates.get(i) / thrownAway.get(i));
    }
    report.say("whole job ÷ the same thrown away: %s", Spread.of(toNetwork));
    report.atLeast("whole job ÷ fastest upsert alone", Spread.of(ratios), TARGET);
  }

  private void row(Report report, String name, List<Double> rates, double requests) {
    Spread spread = Spread.of(rates);
    double records = whole.get(0).ended().progress().counts().seen();
    Object perSecond = requests == 0 ? "-" : (Object) (spread.median() / records * requests);
    report.row(name, spread.median(), spread.least(), spread.most(), perSecond);
  }

  private void split(Report report) {
    List<Double> seconds = whole.stream().map(run -> run.ended().seconds()).toList();
    List<Double> discardedSeconds = discarded.stream().map(run -> run.ended().seconds()).toList();
    report.row("processor time", "ms a repo", "share of all cores");
    share(report, "library", whole.stream().map(Run::client).toList(), seconds);
    share(report, "simulated network", whole.stream().map(Run::network).toList(), seconds);
    share(report, "PostgreSQL", whole.stream().map(Run::database).toList(), seconds);
    share(
        report,
        "library, thrown away",
        discarded.stream().map(Discarded::client).toList(),
        discardedSeconds);
    share(
        report,
        "simulated network, thrown away",
        discarded.stream().map(Discarded::network).toList(),
        discardedSeconds);
    report.table();
  }

  private void share(Report report, String who, List<Duration> times, List<Double> seconds) {
    int cores = Runtime.getRuntime().availableProcessors();
    List<Double> perRepo = times.stream().map(time -> time.toNanos() / 1e6 / repos).toList();
    List<Double> shares = new ArrayList<>();
    for (int i = 0; i < times.size(); i++) {
      shares.add(times.get(i).toNanos() / 1e9 / seconds.get(i) / cores);
    }
    report.row(who, Spread.of(perRepo), Spread.of(shares));
  }
}

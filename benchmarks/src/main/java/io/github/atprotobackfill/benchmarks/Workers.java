package io.github.atprotobackfill.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * One job by one process, two, four and eight, on a network in which every answer takes its time.
 * How many repos a process asks for at once is the same however many there are, and few enough that
 * waiting for hosts bounds the job and not the processor, as in a fleet whose hosts are far away.
 */
final class Workers implements Benchmark {

  private static final double TARGET = 1.8;

  private final int rounds;
  private final int repos;
  private final int hosts;
  private final int records;
  private final int latencyMillis;
  private final int concurrency;
  private final List<Integer> counts;
  private final boolean onRedis;

  /** One job, from the moment at which all may begin until the first sees its end. */
  private record Run(double seconds, double coresBusy) {}

  Workers(Options options) {
    rounds = options.number("rounds", 3);
    repos = options.number("repos", 6000);
    hosts = options.number("hosts", 20);
    records = options.number("records", 5);
    latencyMillis = options.number("latency-millis", 50);
    concurrency = options.number("concurrency", 8);
    onRedis = options.oneOf("store", "postgresql", "redis").equals("redis");
    counts =
        java.util.Arrays.stream(options.text("workers").orElse("1,2,4,8").split(",", -1))
            .map(Integer::valueOf)
            .toList();
  }

  @Override
  public void run(Report report) throws Exception {
    report.say(
        "%,d repos of %d records on %d hosts, every answer %d ms late; progress in %s; each process"
            + " reads %d repos at once, so that it could read %,.0f a second",
        repos,
        records,
        hosts,
        latencyMillis,
        onRedis ? "Redis" : "PostgreSQL",
        concurrency,
        concurrency * 1000.0 / latencyMillis);
    Map<Integer, List<Run>> runs = new LinkedHashMap<>();
    counts.forEach(count -> runs.put(count, new ArrayList<>()));
    try (Postgres postgres = Postgres.start();
        Redis redis = Redis.start();
        NetworkProcess warm = NetworkProcess.start("--hosts", hosts, "--accounts", 300);
        NetworkProcess network =
            NetworkProcess.start(
                "--hosts",
                hosts,
                "--accounts",
                repos,
                "--records",
                records,
                "--latency-everywhere-millis",
                latencyMillis)) {
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<Integer, List<Run>> entry : runs.entrySet()) {
          entry.getValue().add(job(entry.getKey(), postgres, redis, warm, network));
        }
      }
    }
    tell(report, runs);
  }

  private Run job(
      int count, Postgres postgres, Redis redis, NetworkProcess warm, NetworkProcess network)
      throws Exception {
    List<Object> place = new ArrayList<>();
    if (onRedis) {
      place.addAll(List.of("--redis", redis.url(), "--prefix", redis.newPrefix()));
    }
    List<WorkerProcess> workers = new ArrayList<>();
    try (Database database = postgres.newDatabase()) {
      for (int i = 0; i < count; i++) {
        List<Object> options = new ArrayList<>(place);
        options.addAll(List.of("--database", database.url(), "--concurrency", concurrency));
        options.addAll(List.of("--directory", network.directory(), "--relay", network.relay()));
        options.addAll(List.of("--warm-directory", warm.directory(), "--warm-relay", warm.relay()));
        workers.add(WorkerProcess.start(options.toArray()));
      }
      for (WorkerProcess worker : workers) {
        worker.awaitReady();
      }
      Duration busyBefore = busy(workers, network, database);
      List<CompletableFuture<Long>> ends = new ArrayList<>();
      long begin = System.nanoTime();
      for (WorkerProcess worker : workers) {
        ends.add(worker.join());
      }
      long end = (Long) CompletableFuture.anyOf(ends.toArray(CompletableFuture[]::new)).get();
      Duration busy = busy(workers, network, database).minus(busyBefore);
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get();
      expectAll(database);
      double seconds = (end - begin) / 1e9;
      return new Run(seconds, busy.toNanos() / 1e9 / seconds);
    } finally {
      for (WorkerProcess worker : workers) {
        worker.close();
      }
    }
  }

  private void expectAll(Database database) throws Exception {
    long rows = Long.parseLong(database.ask("SELECT count(*) FROM atproto_record"));
    if (rows != (long) repos * records) {
      throw new IOException(rows + " rows");
    }
  }

  private static Duration busy(
      List<WorkerProcess> workers, NetworkProcess network, Database database) throws Exception {
    Duration sum = network.processorTime().plus(database.processorTime());
    for (WorkerProcess worker : workers) {
      sum = sum.plus(worker.processorTime());
    }
    return sum;
  }

  private void tell(Report report, Map<Integer, List<Run>> runs) {
    List<Run> ofOne = Objects.requireNonNull(runs.get(counts.get(0)));
    report.row(
        "processes", "seconds", "repos/s", "times as fast as " + counts.get(0), "cores busy");
    Map<Integer, Spread> ratios = new LinkedHashMap<>();
    runs.forEach(
        (count, ofCount) -> {
          List<Double> faster = new ArrayList<>();
          for (int i = 0; i < ofCount.size(); i++) {
            faster.add(ofOne.get(i).seconds() / ofCount.get(i).seconds());
          }
          ratios.put(count, Spread.of(faster));
          Spread seconds = Spread.of(ofCount.stream().map(Run::seconds).toList());
          report.row(
              count,
              seconds,
              repos / seconds.median(),
              ratios.get(count),
              Spread.of(ofCount.stream().map(Run::coresBusy).toList()));
        });
    report.table();
    Spread two = ratios.get(2);
    if (two != null) {
      report.atLeast("two processes ÷ one, in repos a second", two, TARGET);
    }
  }
}

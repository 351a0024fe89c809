package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobState;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What claiming, checkpoints and completing cost of the processor time that a small repo takes, and
 * how often the stores are called: by repos, never by records.
 */
final class ClaimCost implements Benchmark {

  private static final double TARGET_ON_POSTGRESQL = 0.15;
  private static final double TARGET_ON_REDIS = 0.10;

  /** Calls that more records may cause, as one more page now and then does. */
  private static final double CALLS_A_RECORD = 0.01;

  private static final int MORE = 10;

  private final int rounds;
  private final int warmUps;
  private final int repos;
  private final int records;
  private final int hosts;
  private final boolean onRedis;

  /**
   * One job: the processor time of library and database, and what of it the stores are known for.
   */
  private record Run(
      Duration library,
      Duration inStores,
      Duration servers,
      Map<String, Long> calls,
      long allCalls,
      long written) {

    double share() {
      return (double) inStores.toNanos() / library.toNanos();
    }

    /** What all processor time is, ÷ that of a job whose stores cost next to nothing. */
    double shareBeyond(Run inMemory) {
      double all = library.plus(servers).toNanos();
      return (all - inMemory.library.plus(inMemory.servers).toNanos()) / all;
    }
  }

  ClaimCost(Options options) {
    rounds = options.number("rounds", 5);
    warmUps = options.number("warm-ups", 3);
    repos = options.number("repos", 2000);
    records = options.number("records", 5);
    hosts = options.number("hosts", 20);
    onRedis = options.oneOf("store", "postgresql", "redis").equals("redis");
  }

  @Override
  public void run(Report report) throws Exception {
    report.say(
        "%,d repos of %d records on %d hosts, found by a relay, into PostgreSQL; progress in %s",
        repos, records, hosts, onRedis ? "Redis" : "the same");
    try (Postgres postgres = Postgres.start();
        Redis redis = Redis.start();
        NetworkProcess small = network(records);
        NetworkProcess larger = network(records * MORE)) {
      List<Run> kept = new ArrayList<>();
      List<Run> inMemory = new ArrayList<>();
      List<Run> moreRecords = new ArrayList<>();
      for (int round = -warmUps; round < rounds; round++) {
        Run run = job(postgres, redis, small, true);
        Run forgetful = job(postgres, redis, small, false);
        if (round >= 0) {
          kept.add(run);
          inMemory.add(forgetful);
          moreRecords.add(job(postgres, redis, larger, true));
        }
      }
      tell(report, kept, inMemory);
      tellCalls(report, kept, moreRecords);
    }
  }

  private NetworkProcess network(int recordsOfEach) throws Exception {
    return NetworkProcess.start("--hosts", hosts, "--accounts", repos, "--records", recordsOfEach);
  }

  private Run job(Postgres postgres, Redis redis, NetworkProcess network, boolean kept)
      throws Exception {
    try (Database database = postgres.newDatabase()) {
      MeteredStores metered =
          new MeteredStores(kept ? stores(database, redis) : new InMemoryStores());
      Duration libraryBefore = ownTime();
      Duration serversBefore = database.processorTime().plus(redis.processorTime());
      Rig.Ended ended =
          Rig.unlimited(network.directory())
              .run(
                  new BackfillJob.Collections(
                      List.of(network.relay()), Set.of(Rig.COLLECTION), false),
                  metered,
                  database.sink());
      if (ended.progress().state() != JobState.COMPLETED) {
        throw new IllegalStateException("the job did not end well: " + ended.progress());
      }
      return new Run(
          ownTime().minus(libraryBefore),
          metered.processorTime(),
          database.processorTime().plus(redis.processorTime()).minus(serversBefore),
          metered.calls(),
          metered.allCalls(),
          ended.progress().counts().written());
    }
  }

  private BackfillStores stores(Database database, Redis redis) {
    return onRedis ? redis.newStores() : database.stores();
  }

  private static Duration ownTime() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return Duration.ofNanos(system.getProcessCpuTime());
  }

  private void tell(Report report, List<Run> kept, List<Run> inMemory) {
    report.row("processor time, ms a repo", "progress kept", "progress in memory");
    report.row("library", millis(kept, Run::library), millis(inMemory, Run::library));
    report.row(
        "… of it in calls of the stores",
        millis(kept, Run::inStores),
        millis(inMemory, Run::inStores));
    report.row("servers", millis(kept, Run::servers), millis(inMemory, Run::servers));
    report.table();
    List<Double> together = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      together.add(kept.get(i).shareBeyond(inMemory.get(i)));
    }
    report.atMost(
        "calls of the stores ÷ processor time of the library",
        Spread.of(kept.stream().map(Run::share).toList()),
        onRedis ? TARGET_ON_REDIS : TARGET_ON_POSTGRESQL);
    report.say(
        "library and servers together, beyond the same with progress in memory: %s of the whole",
        Spread.of(together));
  }

  private String millis(List<Run> runs, java.util.function.Function<Run, Duration> part) {
    return Spread.of(runs.stream().map(run -> part.apply(run).toNanos() / 1e6 / repos).toList())
        .toString();
  }

  private void tellCalls(Report report, List<Run> kept, List<Run> moreRecords) {
    Run few = kept.get(kept.size() - 1);
    Run many = moreRecords.get(moreRecords.size() - 1);
    report.say("");
    report.row("calls", records + " records a repo", records * MORE + " records a repo");
    few.calls()
        .forEach(
            (method, count) -> report.row(method, count, many.calls().getOrDefault(method, 0L)));
    report.row("all", few.allCalls(), many.allCalls());
    report.row("a repo", few.allCalls() / (double) repos, many.allCalls() / (double) repos);
    report.table();
    List<Double> further = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      further.add(
          (moreRecords.get(i).allCalls() - kept.get(i).allCalls())
              / (double) (moreRecords.get(i).written() - kept.get(i).written()));
    }
    report.atMost("calls for each further record", Spread.of(further), CALLS_A_RECORD);
  }
}

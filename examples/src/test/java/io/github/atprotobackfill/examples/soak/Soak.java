package io.github.atprotobackfill.examples.soak;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.JobState;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Jobs of several processes on one database, one after the other, while one mishap follows upon
 * another and the network changes between them. After each: exactly the records that must be there,
 * every repo ended as it must, the job in the state it earned, and no other job beside it.
 */
final class Soak implements AutoCloseable {

  private static final Duration JOB_PATIENCE = Duration.ofMinutes(10);
  private static final Duration END_PATIENCE = Duration.ofMinutes(1);
  private static final long LOOK_MILLIS = 20;
  private static final int OPEN_AT_FLUSH = 30;
  private static final int LONGEST_OUTAGE_MILLIS = 1500;

  private final SoakPlan plan;
  private final PrintStream out;
  private final Random random;
  private final Mishap.Deck deck;
  private final SoakNetwork network;
  private final RestartablePostgres postgres;
  private final DataSource database;
  private final Optional<RestartableRedis> redis;
  private final StorePlace place;
  private BackfillStores stores;
  private final Fleet fleet;
  private final Map<Mishap, Integer> happened = new EnumMap<>(Mishap.class);
  private long nextMishapAt;
  private final Set<UUID> jobs = new HashSet<>();

  /**
   * What a soak went through.
   *
   * @param jobs how many jobs ended as they had to
   * @param happened how often each mishap befell a fleet at work
   * @param processes how many were started
   * @param clocksWrong how many of them had a clock that was an hour off
   * @param records how many records there were at the end
   */
  record Summary(
      int jobs, Map<Mishap, Integer> happened, int processes, int clocksWrong, long records) {

    int times(Mishap mishap) {
      return happened.getOrDefault(mishap, 0);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d jobs ended as they had to: %d processes (%d with a wrong clock), %d killed, %d frozen"
              + " past their leases; database restarted %d times, Redis %d times and emptied %d"
              + " times; %,d records",
          jobs,
          processes,
          clocksWrong,
          times(Mishap.KILL),
          times(Mishap.FREEZE),
          times(Mishap.DATABASE_RESTART),
          times(Mishap.REDIS_RESTART),
          times(Mishap.REDIS_FLUSH),
          records);
    }
  }

  private Soak(
      SoakPlan plan,
      Path folder,
      RestartablePostgres postgres,
      Optional<RestartableRedis> redis,
      PrintStream out) {
    this.plan = plan;
    this.out = out;
    this.random = new Random(plan.seed());
    this.deck = new Mishap.Deck(Mishap.with(plan.store()), random);
    this.postgres = postgres;
    this.redis = redis;
    this.network = SoakNetwork.start(plan);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(postgres.url());
    this.database = source;
    this.place =
        new StorePlace(plan.store(), postgres.url(), redis.map(RestartableRedis::url).orElse(""));
    this.stores = place.open(database);
    SoakWorker.Orders orders =
        new SoakWorker.Orders(
            place,
            network.relay(),
            network.directory(),
            plan.lease(),
            Duration.ZERO,
            Optional.empty());
    this.fleet = new Fleet(folder, orders, random);
  }

  /** Goes through all of {@code plan}; throws an {@link AssertionError} when a job ends wrongly. */
  static Summary run(SoakPlan plan, Path folder, PrintStream out) throws Exception {
    out.println(plan);
    try (RestartablePostgres postgres = RestartablePostgres.start(folder)) {
      if (!plan.store().hasRedis()) {
        return run(plan, folder, postgres, Optional.empty(), out);
      }
      try (RestartableRedis redis = RestartableRedis.start(folder)) {
        return run(plan, folder, postgres, Optional.of(redis), out);
      }
    }
  }

  private static Summary run(
      SoakPlan plan,
      Path folder,
      RestartablePostgres postgres,
      Optional<RestartableRedis> redis,
      PrintStream out)
      throws Exception {
    try (Soak soak = new Soak(plan, folder, postgres, redis, out)) {
      return soak.run();
    }
  }

  private Summary run() throws Exception {
    long until = System.nanoTime() + plan.lasts().toNanos();
    while (jobs.size() < plan.leastJobs() || System.nanoTime() - until < 0) {
      boolean oneHostIsDead = jobs.size() % 2 == 1;
      network.mortalHostIs(oneHostIsDead);
      UUID job = job();
      fleet.end(END_PATIENCE);
      jobs.add(job);
      new SoakCheck(database, stores, network, job)
          .expect(oneHostIsDead ? JobState.INCOMPLETE : JobState.COMPLETED, jobs);
      say("job %d ended as it had to, so far %s", jobs.size(), happened);
      network.change();
    }
    return new Summary(
        jobs.size(),
        happened,
        fleet.started(),
        fleet.clocksWrong(),
        network.expectedRecords().size());
  }

  private UUID job() throws Exception {
    UUID id = fleet.begin(plan.workers());
    planNextMishap();
    long deadline = System.nanoTime() + JOB_PATIENCE.toNanos();
    while (!ended(id)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "job " + id + " does not end: " + stores.queue().stats(id) + "\n" + fleet.logs());
      }
      fleet.tend();
      if (network.requests() >= nextMishapAt) {
        happen(deck.next(), id);
        planNextMishap();
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return id;
  }

  /** A job that Redis has lost has not ended: those who work on it put it back. */
  private boolean ended(UUID id) {
    return stores.progress().find(id).map(job -> job.state().terminal()).orElse(false);
  }

  private void planNextMishap() {
    int apart = plan.leastApart() + random.nextInt(plan.mostApart() - plan.leastApart());
    nextMishapAt = network.requests() + apart;
  }

  private void happen(Mishap mishap, UUID job) throws IOException, InterruptedException {
    boolean befell =
        switch (mishap) {
          case KILL -> {
            fleet.kill();
            yield true;
          }
          case FREEZE -> fleet.freeze();
          case DATABASE_RESTART -> {
            postgres.restart(outage());
            yield true;
          }
          case REDIS_RESTART -> {
            redis.orElseThrow().restart(outage());
            stores.close(); // Its connections lead to the server that was.
            stores = place.open(database);
            yield true;
          }
          case REDIS_FLUSH -> flush(job);
        };
    if (befell) {
      happened.merge(mishap, 1, Integer::sum);
    } else {
      deck.putBack(mishap);
    }
  }

  private Duration outage() {
    return Duration.ofMillis(random.nextInt(LONGEST_OUTAGE_MILLIS));
  }

  /** Not when the job is about to end: nobody would put it back, and rightly. */
  private boolean flush(UUID job) {
    if (stores.queue().stats(job).open() < OPEN_AT_FLUSH) {
      return false;
    }
    redis.orElseThrow().flush();
    return true;
  }

  private void say(String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
  }

  @Override
  public void close() throws InterruptedException {
    fleet.killAll();
    network.close();
    stores.close();
  }
}

package io.github.atprotobackfill.examples.soak;

import io.github.atprotobackfill.jdbc.JdbcSchema;
import io.github.atprotobackfill.jdbc.JdbcStores;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.StoreException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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
  private static final int LONGEST_OUTAGE_MILLIS = 1500;

  private final SoakPlan plan;
  private final PrintStream out;
  private final Random random;
  private final Mishap.Deck deck;
  private final SoakNetwork network;
  private final RestartablePostgres postgres;
  private final DataSource database;
  private final JdbcStores stores;
  private final Fleet fleet;
  private final Map<Mishap, Integer> happened = new EnumMap<>(Mishap.class);
  private long nextMishapAt;
  private int jobs;

  /**
   * What a soak went through.
   *
   * @param jobs how many jobs ended as they had to
   * @param happened how often each mishap befell a fleet at work
   * @param processes how many were started
   * @param clocksWrong how many of them had a clock that was an hour off
   * @param claimedAgain how often repos were claimed that somebody had claimed before
   * @param records how many records there were at the end
   */
  record Summary(
      int jobs,
      Map<Mishap, Integer> happened,
      int processes,
      int clocksWrong,
      long claimedAgain,
      long records) {

    int times(Mishap mishap) {
      return happened.getOrDefault(mishap, 0);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d jobs ended as they had to: %d processes (%d with a wrong clock), %d killed, %d frozen"
              + " past their leases, %d database restarts, %,d repos claimed again, %,d records",
          jobs,
          processes,
          clocksWrong,
          times(Mishap.KILL),
          times(Mishap.FREEZE),
          times(Mishap.DATABASE_RESTART),
          claimedAgain,
          records);
    }
  }

  private Soak(SoakPlan plan, Path folder, RestartablePostgres postgres, PrintStream out) {
    this.plan = plan;
    this.out = out;
    this.random = new Random(plan.seed());
    this.deck = new Mishap.Deck(random);
    this.postgres = postgres;
    this.network = SoakNetwork.start(plan);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(postgres.url());
    this.database = source;
    JdbcSchema.of(database).create();
    this.stores = JdbcStores.builder(database).build();
    SoakWorker.Orders orders =
        new SoakWorker.Orders(
            postgres.url(),
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
    try (RestartablePostgres postgres = RestartablePostgres.start(folder);
        Soak soak = new Soak(plan, folder, postgres, out)) {
      return soak.run();
    }
  }

  private Summary run() throws Exception {
    long until = System.nanoTime() + plan.lasts().toNanos();
    long claimedAgain = 0;
    while (jobs < plan.leastJobs() || System.nanoTime() - until < 0) {
      boolean oneHostIsDead = jobs % 2 == 1;
      network.mortalHostIs(oneHostIsDead);
      UUID job = job();
      fleet.end(END_PATIENCE);
      jobs++;
      SoakCheck check = new SoakCheck(database, stores, network, job);
      check.expect(oneHostIsDead ? JobState.INCOMPLETE : JobState.COMPLETED, jobs);
      claimedAgain += check.claimedAgain();
      say("job %d ended as it had to, so far %s", jobs, happened);
      network.change();
    }
    return new Summary(
        jobs,
        happened,
        fleet.started(),
        fleet.clocksWrong(),
        claimedAgain,
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
        happen(deck.next());
        planNextMishap();
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return id;
  }

  private boolean ended(UUID id) {
    Job job =
        stores
            .progress()
            .find(id)
            .orElseThrow(() -> new AssertionError("the job is not there any more: " + id));
    return job.state().terminal();
  }

  private void planNextMishap() {
    int apart = plan.leastApart() + random.nextInt(plan.mostApart() - plan.leastApart());
    nextMishapAt = network.requests() + apart;
  }

  private void happen(Mishap mishap) throws IOException, InterruptedException {
    boolean befell =
        switch (mishap) {
          case KILL -> {
            fleet.kill();
            yield true;
          }
          case FREEZE -> fleet.freeze();
          case DATABASE_RESTART -> {
            postgres.restart(Duration.ofMillis(random.nextInt(LONGEST_OUTAGE_MILLIS)));
            yield true;
          }
        };
    if (befell) {
      happened.merge(mishap, 1, Integer::sum);
    }
  }

  private void say(String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
  }

  @Override
  public void close() throws InterruptedException, StoreException {
    fleet.killAll();
    network.close();
    stores.close();
  }
}

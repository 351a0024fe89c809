package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.JobSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Claims from a queue in which very many repos wait, against claims from one in which few do, in
 * turn on one server: does a claim cost more the more there is to choose from?
 */
final class QueueDepth implements Benchmark {

  /** They are to cost the same; so much is let pass as noise. */
  private static final double TARGET = 1.25;

  private final int deep;
  private final int shallow;
  private final int hosts;
  private final int rounds;
  private final boolean redis;

  QueueDepth(Options options) {
    deep = options.number("repos", 5_000_000);
    shallow = options.number("few", 5_000);
    hosts = options.number("hosts", 10);
    rounds = options.number("rounds", 7);
    redis = options.oneOf("store", "postgresql", "redis").equals("redis");
  }

  @Override
  public void run(Report report) throws Exception {
    if (redis) {
      try (Redis server = Redis.start()) {
        long before = server.bytesUsed();
        measure(report, "Redis", server.newStores(), server.newStores());
        report.say(
            "Redis uses %.0f bytes a repo at the end, most of which wait, some of which are done",
            (double) (server.bytesUsed() - before) / deep);
      }
    } else {
      try (Postgres postgres = Postgres.start();
          Database many = postgres.newDatabase();
          Database few = postgres.newDatabase()) {
        measure(report, "PostgreSQL", many.stores(), few.stores());
        report.say(
            "PostgreSQL uses %.0f bytes a repo at the end, with indexes",
            Double.parseDouble(many.ask("SELECT pg_total_relation_size('atproto_repo')")) / deep);
      }
    }
  }

  /** Refills the small queue for every round; the first round pays for warming up. */
  private void measure(Report report, String where, BackfillStores many, BackfillStores few) {
    QueueLoad full = open(many, "many");
    double seconds = full.enqueue(deep, 1);
    report.say(
        "%,d repos of %d hosts wait in %s (put in at %,.0f a second), against %,d",
        deep, hosts, where, deep / seconds, shallow);
    report.row(
        "round", "claim of 64 of many, ms", "of few, ms", "ratio", "settling of many", "of few");
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      QueueLoad small = open(few, "few " + round);
      small.enqueue(shallow, 2L + round);
      List<QueueLoad.Cost> ofMany = new ArrayList<>();
      List<QueueLoad.Cost> ofFew = new ArrayList<>();
      takeInTurn(full, ofMany, small, ofFew);
      if (round > 0) {
        ratios.add(tell(report, round, ofMany, ofFew));
      }
    }
    report.table();
    report.atMost("claim of many ÷ claim of few", Spread.of(ratios), TARGET);
  }

  private QueueLoad open(BackfillStores stores, String name) {
    UUID job = stores.progress().open(new JobSpec("queue-depth", "\"" + name + "\"")).id();
    return new QueueLoad(stores.queue(), job, hosts);
  }

  /** One claim here, one there, until the small queue gives no more full ones. */
  private void takeInTurn(
      QueueLoad full, List<QueueLoad.Cost> ofMany, QueueLoad small, List<QueueLoad.Cost> ofFew) {
    int turns = shallow / hosts / QueueLoad.CLAIM * hosts;
    for (int turn = 0; turn < turns; turn++) {
      if (turn % 2 == 0) {
        ofMany.add(full.claimAndSettle(turn));
        ofFew.add(small.claimAndSettle(turn));
      } else {
        ofFew.add(small.claimAndSettle(turn));
        ofMany.add(full.claimAndSettle(turn));
      }
    }
  }

  private static double tell(
      Report report, int round, List<QueueLoad.Cost> ofMany, List<QueueLoad.Cost> ofFew) {
    Spread many = Spread.of(ofMany.stream().map(QueueLoad.Cost::claimMillis).toList());
    Spread few = Spread.of(ofFew.stream().map(QueueLoad.Cost::claimMillis).toList());
    double ratio = many.median() / few.median();
    report.row(
        round,
        many.median(),
        few.median(),
        ratio,
        Spread.of(ofMany.stream().map(QueueLoad.Cost::settleMillis).toList()).median(),
        Spread.of(ofFew.stream().map(QueueLoad.Cost::settleMillis).toList()).median());
    return ratio;
  }
}

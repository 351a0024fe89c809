package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One big repo by {@code listRecords} into PostgreSQL, against the same pages fetched by the same
 * engine and thrown away.
 */
final class BigRepo implements Benchmark {

  private static final double TARGET = 1.15;

  private final int rounds;
  private final int warmUps;
  private final OneRepo repo;

  BigRepo(Options options) {
    rounds = options.number("rounds", 7);
    warmUps = options.number("warm-ups", 3);
    repo = new OneRepo(options, 20_000);
  }

  @Override
  public void run(Report report) throws Exception {
    repo.measure((directory, did) -> measure(report, directory, did));
  }

  private void measure(Report report, ServiceUrl plc, Did did) throws Exception {
    Rig rig = Rig.unlimited(plc).listing();
    BackfillJob job = new BackfillJob.Repos(List.of(did), Set.of());
    List<Rig.Ended> kept = new ArrayList<>();
    List<Rig.Ended> discarded = new ArrayList<>();
    try (Postgres postgres = Postgres.start()) {
      for (int round = -warmUps; round < rounds; round++) {
        Rig.Ended thrown = rig.run(job, new InMemoryStores(), events -> {});
        Rig.Ended stored = intoDatabase(rig, job, postgres);
        if (round >= 0) {
          discarded.add(thrown);
          kept.add(stored);
        }
      }
    }
    tell(report, did, kept, discarded);
  }

  private static Rig.Ended intoDatabase(Rig rig, BackfillJob job, Postgres postgres)
      throws InterruptedException {
    try (Database database = postgres.newDatabase()) {
      return rig.run(job, database.stores(), database.sink());
    }
  }

  private static void tell(
      Report report, Did did, List<Rig.Ended> kept, List<Rig.Ended> discarded) {
    report.say(
        "%s: %,d records, %,d requests",
        did, kept.get(0).progress().counts().seen(), kept.get(0).progress().counts().requests());
    report.row("variant", "seconds", "records/s");
    report.row("thrown away", seconds(discarded), median(discarded));
    report.row("into PostgreSQL", seconds(kept), median(kept));
    report.table();
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      ratios.add(kept.get(i).seconds() / discarded.get(i).seconds());
    }
    report.atMost("into PostgreSQL ÷ thrown away", Spread.of(ratios), TARGET);
  }

  private static Spread seconds(List<Rig.Ended> runs) {
    return Spread.of(runs.stream().map(Rig.Ended::seconds).toList());
  }

  private static double median(List<Rig.Ended> runs) {
    return Spread.of(runs.stream().map(Rig.Ended::recordsPerSecond).toList()).median();
  }
}

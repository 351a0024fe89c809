package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.WriteCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A big repo again, of which one record changed: the engine merges what it holds with what it
 * reads, against the same engine with a sink that does not tell what it holds, so that it is given
 * every record and leaves the unchanged rows to the database.
 */
final class SecondPass implements Benchmark {

  private static final double TARGET = 3;
  private static final String SIZE =
      "SELECT pg_total_relation_size('atproto_record') + 0 * count(*) FROM atproto_record";
  private static final String REWRITTEN =
      "SELECT count(*) FROM atproto_record WHERE xmin::text::bigint > %s";
  private static final String NEWEST = "SELECT max(xmin::text::bigint) FROM atproto_record";

  private final int records;
  private final int rounds;
  private final int warmUps;
  private final String gzip;

  /** One pass over the changed repo. */
  private record Pass(double seconds, long rewritten, long grown) {}

  SecondPass(Options options) {
    records = options.number("records", 30_000);
    rounds = options.number("rounds", 7);
    warmUps = options.number("warm-ups", 2);
    gzip = options.oneOf("gzip", "no", "yes");
  }

  @Override
  public void run(Report report) throws Exception {
    try (Postgres postgres = Postgres.start();
        NetworkProcess network = NetworkProcess.start("--records", records, "--gzip", gzip);
        Database merged = postgres.newDatabase();
        Database upserted = postgres.newDatabase()) {
      Rig rig = Rig.unlimited(network.directory()).fetcher(RepoExportFetcher::of);
      BackfillJob job =
          new BackfillJob.Repos(List.of(network.firstAccount()), Set.of(Rig.COLLECTION));
      rig.run(job, new InMemoryStores(), merged.sink());
      rig.run(job, new InMemoryStores(), upserted.sink());
      List<Pass> merging = new ArrayList<>();
      List<Pass> upserting = new ArrayList<>();
      List<Double> reading = new ArrayList<>();
      for (int round = -warmUps; round < rounds; round++) {
        network.change();
        // Untimed: the first to ask also waits for the host to make and sign the repo anew.
        thrownAway(rig, job);
        double read = thrownAway(rig, job);
        boolean mergeFirst = round % 2 == 0;
        Pass early = mergeFirst ? merge(rig, job, merged) : upsert(rig, job, upserted);
        Pass late = mergeFirst ? upsert(rig, job, upserted) : merge(rig, job, merged);
        if (round >= 0) {
          reading.add(read);
          merging.add(mergeFirst ? early : late);
          upserting.add(mergeFirst ? late : early);
        }
      }
      tell(report, reading, merging, upserting);
    }
  }

  private static double thrownAway(Rig rig, BackfillJob job) throws InterruptedException {
    return rig.run(job, new InMemoryStores(), events -> {}).seconds();
  }

  private static Pass merge(Rig rig, BackfillJob job, Database database) throws Exception {
    return pass(rig, job, database, database.sink());
  }

  private static Pass upsert(Rig rig, BackfillJob job, Database database) throws Exception {
    return pass(rig, job, database, new Mute(database.sink()));
  }

  private static Pass pass(Rig rig, BackfillJob job, Database database, RecordSink sink)
      throws Exception {
    String newest = database.ask(NEWEST);
    long size = Long.parseLong(database.ask(SIZE));
    Rig.Ended ended = rig.run(job, new InMemoryStores(), sink);
    return new Pass(
        ended.seconds(),
        Long.parseLong(database.ask(REWRITTEN.formatted(newest))),
        Long.parseLong(database.ask(SIZE)) - size);
  }

  private void tell(Report report, List<Double> reading, List<Pass> merging, List<Pass> upserting) {
    report.say("%,d records, one of them changed before each pass", records);
    report.row("pass", "seconds", "rows written (most)", "table growth, bytes (sum)");
    report.row("read and thrown away", Spread.of(reading), 0, 0);
    row(report, "merged with what is held", merging);
    row(report, "every record upserted where changed", upserting);
    report.table();
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < merging.size(); i++) {
      ratios.add(upserting.get(i).seconds() / merging.get(i).seconds());
    }
    report.atLeast("upserting ÷ merging, in time", Spread.of(ratios), TARGET);
    long rewritten = merging.stream().mapToLong(Pass::rewritten).max().orElse(0);
    report.atMost(
        "rows that a merging pass wrote, the changed one included", (double) rewritten, 1);
  }

  private static void row(Report report, String name, List<Pass> passes) {
    report.row(
        name,
        Spread.of(passes.stream().map(Pass::seconds).toList()),
        passes.stream().mapToLong(Pass::rewritten).max().orElse(0),
        passes.stream().mapToLong(Pass::grown).sum());
  }

  /** A sink that does not tell what it holds. */
  private record Mute(RecordSink sink) implements RecordSink {

    @Override
    public void write(List<RecordEvent> events) throws Exception {
      sink.write(events);
    }

    @Override
    public WriteCounts writeCounted(List<RecordEvent> events) throws Exception {
      return sink.writeCounted(events);
    }

    @Override
    public void close() throws Exception {
      sink.close();
    }
  }
}

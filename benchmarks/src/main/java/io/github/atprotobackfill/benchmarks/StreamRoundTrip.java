package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.redis.stream.RedisRecordSink;
import io.github.atprotobackfill.redis.stream.StreamIndexer;
import io.github.atprotobackfill.redis.stream.StreamNames;
import io.github.atprotobackfill.repo.BlockCid;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Records that go onto a Redis stream and off it into PostgreSQL, against the same records straight
 * into PostgreSQL, both in batches of a page. The stream is filled and emptied at the same time, by
 * one thread and one indexer. The indexer's batches are its default, and those of a page.
 */
final class StreamRoundTrip implements Benchmark {

  private static final int PAGE = 1000;
  private static final int RECORDS_A_REPO = 100;
  private static final double TARGET = 0.5;
  private static final Tid REV = Tid.parse("3lzzzzzzzzz2a");

  private final int records;
  private final int rounds;
  private final int warmUps;

  StreamRoundTrip(Options options) {
    records = options.number("records", 50_000);
    rounds = options.number("rounds", 5);
    warmUps = options.number("warm-ups", 1);
  }

  @Override
  public void run(Report report) throws Exception {
    List<List<RecordEvent>> pages = pages();
    List<Double> asIs = new ArrayList<>();
    List<Double> inPages = new ArrayList<>();
    try (Postgres postgres = Postgres.start();
        Redis redis = Redis.start()) {
      report.row("round", "straight, records/s", "by stream", "by stream, in pages");
      for (int round = 1 - warmUps; round <= rounds; round++) {
        double straight = straight(pages, postgres);
        double stream = byStream(pages, postgres, redis, StreamIndexer.Builder.DEFAULT_BATCH_SIZE);
        double streamInPages = byStream(pages, postgres, redis, PAGE);
        if (round > 0) {
          report.row(round, straight, stream, streamInPages);
          asIs.add(stream / straight);
          inPages.add(streamInPages / straight);
        }
      }
    }
    report.table();
    report.atLeast("by the stream / straight", Spread.of(asIs), TARGET);
    report.atLeast("by the stream in batches of a page / straight", Spread.of(inPages), TARGET);
  }

  private List<List<RecordEvent>> pages() {
    SocialRecords social = new SocialRecords();
    List<List<RecordEvent>> pages = new ArrayList<>();
    List<RecordEvent> page = new ArrayList<>();
    for (int n = 0; n < records; n++) {
      byte[] block = social.block(n);
      RecordValue value = RecordValue.ofCbor(block);
      page.add(
          new RecordPut(
              Did.parse("did:web:repo-" + n / RECORDS_A_REPO + ".example"),
              Nsid.parse(social.collection(n)),
              RecordKey.parse(SocialRecords.tid(n)),
              BlockCid.of(block).text(),
              REV,
              RecordValue.ofJson(value.json())));
      if (page.size() == PAGE || n == records - 1) {
        pages.add(page);
        page = new ArrayList<>();
      }
    }
    return pages;
  }

  private double straight(List<List<RecordEvent>> pages, Postgres postgres) throws Exception {
    try (Database database = postgres.newDatabase()) {
      long begin = System.nanoTime();
      write(pages, database.sink());
      return rate(begin, database);
    }
  }

  private double byStream(
      List<List<RecordEvent>> pages, Postgres postgres, Redis redis, int batchSize)
      throws Exception {
    String prefix = redis.newPrefix();
    StreamNames names =
        new StreamNames(prefix + "repos", prefix + "backfill", prefix + "live", prefix + "labels");
    try (Database database = postgres.newDatabase();
        StreamIndexer indexer =
            StreamIndexer.builder(redis.client(), database.sink())
                .names(names)
                .batchSize(batchSize)
                .build()) {
      long begin = System.nanoTime();
      indexer.start();
      write(pages, RedisRecordSink.builder(redis.client()).names(names).build());
      while (indexer.progress().processed() < records) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      return rate(begin, database);
    } finally {
      redis.client().del(names.firehoseBackfill(), names.firehoseLive());
    }
  }

  private static void write(List<List<RecordEvent>> pages, RecordSink sink) throws Exception {
    for (List<RecordEvent> page : pages) {
      sink.write(page);
    }
  }

  /** Records a second, all of which have to be there. */
  private double rate(long begin, Database database) throws Exception {
    double seconds = (System.nanoTime() - begin) / 1e9;
    String stored = database.ask("SELECT count(*) FROM atproto_record");
    if (!stored.equals(String.valueOf(records))) {
      throw new IllegalStateException(stored + " of " + records + " records are stored");
    }
    return records / seconds;
  }
}

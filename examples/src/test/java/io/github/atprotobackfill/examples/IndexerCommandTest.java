package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.redis.stream.RedisRecordSink;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;

/** The tool as an indexer, against a Redis server of its own. */
class IndexerCommandTest {

  private static final int RECORDS = 500;
  private static LocalRedis server;
  private static String url;

  @TempDir Path folder;

  @BeforeAll
  static void startRedis() throws IOException {
    server = LocalRedis.start();
    url = server.url();
  }

  @AfterAll
  static void stopRedis() throws IOException {
    server.close();
  }

  @Test
  void takesWhatIsOnTheStreamsIntoTheDatabaseUntilItIsStopped() throws Exception {
    try (UnifiedJedis redis = server.client()) {
      fill(redis);
      ToolRun run =
          ToolRun.of(
              stopsWhenEmpty(),
              "indexer",
              "--redis",
              url,
              "--db",
              "jdbc:sqlite:" + folder.resolve("records.db"));

      assertThat(run.status()).isEqualTo(ExitStatus.INTERRUPTED);
      assertThat(run.err()).contains("500 indexed", "1 dead letters", "0 waiting");
      assertThat(redis.xinfoConsumers("firehose_backfill", "firehose_group")).isEmpty();
      assertThat(redis.xlen("firehose_live:dead")).isEqualTo(1);
    }
    try (var connection =
            java.sql.DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("records.db"));
        var rows =
            connection.createStatement().executeQuery("SELECT count(*) FROM atproto_record")) {
      assertThat(rows.getInt(1)).isEqualTo(RECORDS);
    }
  }

  @Test
  void killedAndStartedAgainUnderItsNameItComesToTheSameEnd() throws Exception {
    Path file = folder.resolve("records.jsonl");
    List<String> command =
        List.of("indexer", "--redis", url, "--consumer", "one", "--jsonl", file.toString());
    try (UnifiedJedis redis = server.client()) {
      fill(redis);
      ToolProcess killed = ToolProcess.start(folder, command);
      while (redis.xlen("firehose_backfill") == RECORDS && killed.alive()) {
        Thread.onSpinWait();
      }
      killed.kill();

      ToolRun run = ToolRun.of(stopsWhenEmpty(), command.toArray(String[]::new));

      assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.INTERRUPTED);
      assertThat(redis.xlen("firehose_backfill")).isZero();
      assertThat(Files.readAllLines(file).stream().distinct()).hasSize(RECORDS);
    }
  }

  @Test
  void saysWhenThereIsNoRedis() throws Exception {
    ToolRun run =
        ToolRun.of("indexer", "--redis", "redis://:secret@127.0.0.1:1", "--jsonl", "x.jsonl");

    assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(run.err()).contains("cannot reach redis://***@127.0.0.1:1").doesNotContain("secret");
    assertThat(ToolRun.of("indexer", "--redis", "http://x", "--jsonl", "x").status())
        .isEqualTo(ExitStatus.USAGE);
    assertThat(ToolRun.of("indexer", "--redis", url).status()).isEqualTo(ExitStatus.USAGE);
  }

  private static void fill(UnifiedJedis redis) throws InterruptedException {
    redis.flushAll();
    redis.xadd("firehose_live", StreamEntryID.NEW_ENTRY, Map.of("event", "junk"));
    List<RecordEvent> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      records.add(
          new RecordPut(
              Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
              Nsid.parse("com.example.note"),
              RecordKey.parse("k" + i),
              Cid.parse("bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"),
              Tid.parse("3jzfcijpj2z2a"),
              RecordValue.ofJson("{\"n\":" + i + "}")));
    }
    RedisRecordSink.builder(redis).build().write(records);
  }

  /** Wishes the tool to stop once the streams are empty. */
  private static Interruption stopsWhenEmpty() {
    return stop -> {
      Thread watcher =
          new Thread(
              () -> {
                try (UnifiedJedis redis = server.client()) {
                  while (redis.xlen("firehose_backfill") + redis.xlen("firehose_live") > 0) {
                    Thread.onSpinWait();
                  }
                }
                stop.run();
              });
      watcher.start();
      return () -> {};
    };
  }
}

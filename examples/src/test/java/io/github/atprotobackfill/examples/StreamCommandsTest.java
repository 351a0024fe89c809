package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.resps.StreamEntry;

/** The roles of the streams as commands, with a Redis of their own. */
class StreamCommandsTest {

  private static final long LONG_ENOUGH_SECONDS = 120;

  private LocalRedis server;
  private UnifiedJedis redis;
  private String url;

  @BeforeEach
  void start() throws Exception {
    server = LocalRedis.start();
    redis = server.client();
    url = server.url();
  }

  @AfterEach
  void stop() throws Exception {
    redis.close();
    server.close();
  }

  @Test
  void ingesterAndBackfillerPutTheNetworkOntoTheStream() throws Exception {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .hosts(2)
            .accounts(30)
            .accounts(AccountStatus.TAKENDOWN, 2)
            .repoSizes(RepoSizes.uniform(1, 40))
            .start()) {
      List<String> listing = new ArrayList<>(List.of("ingester", "--redis", url));
      for (SimulatedHost host : network.hosts()) {
        listing.addAll(List.of("--host", host.url().toString()));
      }
      ToolRun listed = ToolRun.of(listing, onThisNetwork(network));
      assertThat(listed.status()).as(listed.err()).isZero();
      assertThat(listed.err()).contains("done");
      assertThat(redis.xlen("repo_backfill")).isEqualTo(32);

      BlockingQueue<Runnable> interrupt = new LinkedBlockingQueue<>();
      CompletableFuture<ToolRun> reading =
          CompletableFuture.supplyAsync(
              () ->
                  ToolRun.of(
                      interruptible(interrupt),
                      Stream.concat(
                              Stream.of("backfiller", "--redis", url),
                              Stream.of(onThisNetwork(network)))
                          .toArray(String[]::new)));
      until(() -> reading.isDone() || redis.xlen("repo_backfill") == 0);
      redis.xadd("repo_backfill", StreamEntryID.NEW_ENTRY, Map.of("repo", "junk"));
      until(() -> reading.isDone() || redis.xlen("repo_backfill:dead") == 1);
      interrupt.take().run();
      ToolRun stopped = reading.get(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS);

      assertThat(stopped.status()).as(stopped.err()).isEqualTo(ExitStatus.INTERRUPTED);
      assertThat(stopped.err()).contains("stopped: ");
      assertThat(cids())
          .containsExactlyInAnyOrderElementsOf(
              network.expectedRecords().map(record -> record.cid().toString()).toList());
    }
  }

  @Test
  void aRedisThatIsAwayIsSaidSo() throws Exception {
    server.close();
    ToolRun ended = ToolRun.of("backfiller", "--redis", url);
    assertThat(ended.status()).as(ended.err()).isEqualTo(ExitStatus.FAILED);
    assertThat(ended.err()).contains("error: cannot reach redis://127.0.0.1");
  }

  @Test
  void aHostThatCannotBeListedIsSaidSo() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().hosts(1).accounts(1).start()) {
      ToolRun ended =
          ToolRun.of(
              List.of("ingester", "--redis", url, "--host", network.directory().url().toString()),
              onThisNetwork(network));
      assertThat(ended.status()).as(ended.err()).isEqualTo(ExitStatus.INCOMPLETE);
      assertThat(ended.err()).contains("failed");
    }
  }

  private static String[] onThisNetwork(SimulatedNetwork network) {
    return new String[] {
      "--plc",
      network.directory().url().toString(),
      "--allow-private-hosts",
      "--max-rps-per-host",
      "1000"
    };
  }

  private static Interruption interruptible(BlockingQueue<Runnable> interrupt) {
    return stop -> {
      interrupt.add(stop);
      return () -> {};
    };
  }

  private List<String> cids() {
    return redis.xrange("firehose_backfill", "-", "+").stream()
        .map(StreamCommandsTest::event)
        .filter(event -> event.path("type").asText().equals("create"))
        .map(event -> event.path("cid").asText())
        .collect(Collectors.toList());
  }

  private static JsonNode event(StreamEntry entry) {
    try {
      return JsonMapper.builder().build().readTree(entry.getFields().get("event"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_ENOUGH_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("it takes too long").isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }
}

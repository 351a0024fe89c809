package io.github.atprotobackfill.redis.stream;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.atprotobackfill.redis.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.XClaimParams;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamPendingEntry;

/** Streams of one test's own on the real server, and the hands that reach into them. */
final class TestStreams implements AutoCloseable {

  static final String GROUP = StreamBackfillerBuilder.DEFAULT_GROUP;

  final UnifiedJedis redis = TestRedis.connect();
  private final String mark = UUID.randomUUID().toString();
  final StreamNames names =
      new StreamNames(
          "repo_backfill-" + mark,
          "firehose_backfill-" + mark,
          "firehose_live-" + mark,
          "label_live-" + mark);
  final String repos = names.repoBackfill();

  StreamEntryID add(String message) {
    return redis.xadd(repos, StreamEntryID.NEW_ENTRY, Map.of("repo", message));
  }

  StreamEntryID addDid(String did) {
    return add("{\"did\":\"" + did + "\"}");
  }

  /** Lets the time pass after which pending entries are anyone's, by telling the server so. */
  void lapse() {
    for (StreamPendingEntry pending :
        redis.xpending(repos, GROUP, XPendingParams.xPendingParams().count(10_000))) {
      redis.xclaimJustId(
          repos,
          GROUP,
          pending.getConsumerName(),
          0,
          XClaimParams.xClaimParams().idle(Duration.ofHours(1).toMillis()),
          pending.getID());
    }
  }

  long pending() {
    return redis.xpending(repos, GROUP).getTotal();
  }

  List<StreamEntry> dead() {
    return redis.xrange(ConsumerGroup.deadLettersOf(repos), "-", "+");
  }

  /** Forgets everything, as a server does that comes back without its memory. */
  void flush() {
    redis.keys("*" + mark + "*").forEach(redis::del);
  }

  static void until(BooleanSupplier condition) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
          }
        });
  }

  @Override
  public void close() {
    flush();
    redis.close();
  }
}

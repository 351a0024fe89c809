package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.redis.RedisStores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.embedded.RedisServer;

/**
 * A Redis server: the one that {@code BACKFILL_TEST_REDIS_URL} names, which should hold nothing
 * else, or one that is started here and writes nothing to disk.
 */
final class Redis implements AutoCloseable {

  private static final String URL_VARIABLE = "BACKFILL_TEST_REDIS_URL";

  private final @Nullable RedisServer ours;
  private final String url;
  private final UnifiedJedis client;
  private int places;

  private Redis(@Nullable RedisServer ours, String url) {
    this.ours = ours;
    this.url = url;
    this.client = RedisClient.create(url);
  }

  static Redis start() throws IOException {
    String given = System.getenv(URL_VARIABLE);
    if (given != null) {
      return new Redis(null, given);
    }
    int port = freePort();
    RedisServer server =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    server.start();
    return new Redis(server, "redis://127.0.0.1:" + port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  UnifiedJedis client() {
    return client;
  }

  String url() {
    return url;
  }

  /** What the names of keys begin with that nobody has used yet. */
  String newPrefix() {
    return "bench-" + ProcessHandle.current().pid() + "-" + places++ + ":";
  }

  /** Stores with nothing in them. */
  BackfillStores newStores() {
    return stores(client, newPrefix());
  }

  /** The stores of this server whose keys begin with {@code prefix}. */
  static BackfillStores stores(UnifiedJedis client, String prefix) {
    return RedisStores.builder(client).keyPrefix(prefix).build();
  }

  /** The processor time of the server so far. */
  Duration processorTime() {
    double seconds = figure("cpu", "used_cpu_sys") + figure("cpu", "used_cpu_user");
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  /** The memory that the server uses for what it holds. */
  long bytesUsed() {
    return (long) figure("memory", "used_memory");
  }

  private double figure(String section, String name) {
    Matcher figure = Pattern.compile("(?m)^" + name + ":([0-9.]+)").matcher(client.info(section));
    if (!figure.find()) {
      throw new IllegalStateException("Redis does not tell " + name);
    }
    return Double.parseDouble(figure.group(1));
  }

  @Override
  public void close() throws IOException {
    client.close();
    if (ours != null) {
      ours.stop();
    }
  }
}

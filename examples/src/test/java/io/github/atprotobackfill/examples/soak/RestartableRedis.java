package io.github.atprotobackfill.examples.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.embedded.RedisServer;

/** A Redis server that keeps what it was told, can be killed and started again, and emptied. */
final class RestartableRedis implements AutoCloseable {

  private static final Pattern PROCESS = Pattern.compile("process_id:(\\d+)");

  private final Path data;
  private final int port;
  private RedisServer server;

  private RestartableRedis(Path data, int port) throws IOException {
    this.data = data;
    this.port = port;
    this.server = server();
  }

  static RestartableRedis start(Path folder) throws IOException {
    Path data = Files.createDirectory(folder.resolve("redis"));
    RestartableRedis redis = new RestartableRedis(data, freePort());
    redis.server.start();
    return redis;
  }

  private RedisServer server() throws IOException {
    return RedisServer.newRedisServer()
        .port(port)
        .bind("127.0.0.1")
        .setting("dir " + data)
        .setting("save \"\"")
        .setting("appendonly yes")
        .build();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** {@code kill -9}, and starts it again after {@code away} with what it had written down. */
  void restart(Duration away) throws IOException, InterruptedException {
    ProcessHandle process = ProcessHandle.of(processId()).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
    server.stop();
    TimeUnit.MILLISECONDS.sleep(away.toMillis());
    server = server();
    server.start();
  }

  private long processId() {
    try (UnifiedJedis client = RedisClient.create(url())) {
      Matcher id = PROCESS.matcher(client.info("server"));
      if (!id.find()) {
        throw new IllegalStateException("Redis does not tell its process");
      }
      return Long.parseLong(id.group(1));
    }
  }

  /** Lets it lose its memory. */
  void flush() {
    try (UnifiedJedis client = RedisClient.create(url())) {
      client.flushAll();
    }
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}

package io.github.atprotobackfill.examples;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.embedded.RedisServer;

/** A Redis server of one test, which keeps nothing on disk. */
final class LocalRedis implements AutoCloseable {

  private final RedisServer server;
  private final String url;

  private LocalRedis(RedisServer server, String url) {
    this.server = server;
    this.url = url;
  }

  static LocalRedis start() throws IOException {
    int port = freePort();
    RedisServer server =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    server.start();
    return new LocalRedis(server, "redis://127.0.0.1:" + port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String url() {
    return url;
  }

  /** A client of it, to be closed. */
  UnifiedJedis client() {
    return RedisClient.create(url);
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}

package io.github.atprotobackfill.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.embedded.RedisServer;

/**
 * The Redis server of this JVM: the one that {@code BACKFILL_TEST_REDIS_URL} names, which should
 * hold nothing else, or else one started here.
 */
public final class TestRedis {

  private static final String URL_VARIABLE = "BACKFILL_TEST_REDIS_URL";
  private static final URI URL =
      Optional.ofNullable(System.getenv(URL_VARIABLE)).map(URI::create).orElseGet(TestRedis::start);

  private TestRedis() {}

  /** Where it is reached. */
  public static URI url() {
    return URL;
  }

  /** A client of it, to be closed. */
  public static UnifiedJedis connect() {
    return connect(URL);
  }

  /** A client of a server, made by a constructor that Jedis has had from 5.2 to 8. */
  static UnifiedJedis connect(URI url) {
    return new UnifiedJedis(connections(url), 1, Duration.ofSeconds(10));
  }

  private static PooledConnectionProvider connections(URI url) {
    return new PooledConnectionProvider(
        new HostAndPort(url.getHost(), url.getPort()), DefaultJedisClientConfig.builder().build());
  }

  /** A client that sends every script twice, as if the first answer had been lost on the way. */
  static UnifiedJedis connectStuttering() {
    return new UnifiedJedis(connections(URL), 1, Duration.ofSeconds(10)) {
      @Override
      public Object evalsha(String sha1, List<String> keys, List<String> arguments) {
        super.evalsha(sha1, keys, arguments);
        return super.evalsha(sha1, keys, arguments);
      }
    };
  }

  /** A part of what the server tells of itself; older clients have no call for it. */
  public static String info(UnifiedJedis client, String section) {
    return client
        .eval("return redis.call('INFO', ARGV[1])", List.of(), List.of(section))
        .toString();
  }

  /** A client of a port on which nobody listens. */
  static UnifiedJedis connectToNobody() {
    try {
      return connect(URI.create("redis://127.0.0.1:" + freePort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server of one's own, not started, on a free port; what it holds it forgets when it stops. */
  static RedisServer newServer() throws IOException {
    return RedisServer.newRedisServer()
        .port(freePort())
        .bind("127.0.0.1")
        .setting("save \"\"")
        .setting("appendonly no")
        .build();
  }

  private static URI start() {
    try {
      RedisServer server = newServer();
      server.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "redis-stop"));
      return URI.create("redis://127.0.0.1:" + server.ports().get(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void stop(RedisServer server) {
    try {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

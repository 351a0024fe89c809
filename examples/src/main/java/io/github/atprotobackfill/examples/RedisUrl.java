package io.github.atprotobackfill.examples;

import java.net.URI;
import java.net.URISyntaxException;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Where a Redis server is.
 *
 * @param uri {@code redis://} or, with TLS, {@code rediss://}
 */
record RedisUrl(URI uri) {

  private static final int DEFAULT_PORT = 6379;

  /**
   * The URL that {@code text} is.
   *
   * @throws IllegalArgumentException when no Redis can be meant by it
   */
  static RedisUrl parse(String text) {
    try {
      URI uri = new URI(text);
      boolean scheme = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
      if (scheme && uri.getHost() != null) {
        return new RedisUrl(uri.getPort() < 0 ? withPort(uri) : uri);
      }
    } catch (URISyntaxException e) {
      // Said below, without the password that the exception would name.
    }
    throw new IllegalArgumentException(
        "not the URL of a Redis: \""
            + withoutPassword(text)
            + "\" (redis://[USER:PASSWORD@]HOST[:PORT][/DB])");
  }

  /** The client takes no URL without one. */
  private static URI withPort(URI uri) throws URISyntaxException {
    return new URI(
        uri.getScheme(), uri.getUserInfo(), uri.getHost(), DEFAULT_PORT, uri.getPath(), null, null);
  }

  /**
   * A client of it, which has answered.
   *
   * @throws ToolException when it cannot be reached
   */
  UnifiedJedis connect() {
    UnifiedJedis client = RedisClient.create(uri.toString());
    try {
      client.ping();
      return client;
    } catch (JedisException e) {
      client.close();
      throw new ToolException("cannot reach " + this + ": " + e.getMessage(), e);
    }
  }

  /** The URL without what nobody should see. */
  @Override
  public String toString() {
    return withoutPassword(uri.toString());
  }

  private static String withoutPassword(String text) {
    return text.replaceAll("://[^/@]*@", "://***@");
  }
}

package io.github.atprotobackfill.examples;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/** Where a Redis is reached: {@code redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]}. */
record RedisUrl(URI uri) {

  private static final Set<String> SCHEMES = Set.of("redis", "rediss");
  private static final int DEFAULT_PORT = 6379;

  /**
   * The URL that {@code text} is.
   *
   * @throws IllegalArgumentException when no Redis can be meant by it
   */
  static RedisUrl parse(String text) {
    try {
      URI uri = new URI(text);
      if (uri.getScheme() != null && SCHEMES.contains(uri.getScheme()) && uri.getHost() != null) {
        return new RedisUrl(uri);
      }
    } catch (URISyntaxException e) {
      // Said below, without what may be a password.
    }
    throw new IllegalArgumentException("not the URL of a Redis: redis://HOST[:PORT][/DATABASE]");
  }

  /** A client of it, to be closed; connects when it is used. */
  UnifiedJedis open() {
    return RedisClient.create(withPort());
  }

  /**
   * A client of it, to be closed.
   *
   * @throws ToolException when it cannot be reached
   */
  UnifiedJedis connect() {
    UnifiedJedis redis = open();
    try {
      redis.ping();
      return redis;
    } catch (JedisException e) {
      redis.close();
      throw new ToolException("cannot reach " + this + ": " + e.getMessage(), e);
    }
  }

  /** The URL with its port, without which the client takes none. */
  private String withPort() {
    if (uri.getPort() >= 0) {
      return uri.toString();
    }
    String login = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
    return uri.getScheme() + "://" + login + uri.getHost() + ":" + DEFAULT_PORT + uri.getRawPath();
  }

  /** The URL without what nobody should see. */
  @Override
  public String toString() {
    return uri.toString().replaceAll("://[^/@]*@", "://***@");
  }
}

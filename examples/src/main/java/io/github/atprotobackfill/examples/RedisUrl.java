package io.github.atprotobackfill.examples;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/** Where a Redis is reached: {@code redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]}. */
record RedisUrl(URI uri) {

  private static final Set<String> SCHEMES = Set.of("redis", "rediss");

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
    return RedisClient.create(uri.toString());
  }

  /** The URL without what nobody should see. */
  @Override
  public String toString() {
    return uri.toString().replaceAll("://[^/@]*@", "://***@");
  }
}

package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.identity.DidCache;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.SetParams;

/**
 * Answers about DIDs in the host's Redis, 6.2 or newer, for all processes that resolve them.
 *
 * <pre>{@code
 * DidResolver resolver =
 *     CachingDidResolver.builder(DidResolvers.uncached(client, directory))
 *         .shared(RedisDidCache.of(jedis))
 *         .build();
 * }</pre>
 *
 * <p>A key a DID, which expires when its answer is of no more use, by the server's clock: with the
 * resolver's defaults four days after the directory was asked for a document, and minutes after it
 * said that there is none. A document takes about 400 bytes; with a shorter {@code stale} there are
 * fewer at a time.
 *
 * <p>Thread-safe. Failures are {@link StoreException}s, which a resolver does without.
 */
public final class RedisDidCache implements DidCache {

  private final RedisServer server;
  private final JobKeys keys;

  private RedisDidCache(UnifiedJedis client, String keyPrefix) {
    this.server = new RedisServer(client);
    this.keys = new JobKeys(keyPrefix);
  }

  /** A cache under the {@linkplain RedisStores#DEFAULT_KEY_PREFIX prefix} of the stores. */
  public static RedisDidCache of(UnifiedJedis client) {
    return of(client, RedisStores.DEFAULT_KEY_PREFIX);
  }

  /** A cache under a prefix, which may be that of stores. */
  public static RedisDidCache of(UnifiedJedis client, String keyPrefix) {
    return new RedisDidCache(client, keyPrefix);
  }

  @Override
  public Optional<Answer> find(Did did) {
    String key = keys.ofDid(did);
    Reply found = server.ask("look up a DID", Script.DID, key, List.of());
    if (!found.hasNext()) {
      return Optional.empty();
    }
    String text = found.next();
    return Optional.of(DidText.parse(did, text, Duration.ofMillis(found.nextLong()), key));
  }

  @Override
  public void keep(Did did, Answer answer) {
    SetParams forAsLong = SetParams.setParams().px(Math.max(1, answer.usableFor().toMillis()));
    server.call(
        "remember a DID", redis -> redis.set(keys.ofDid(did), DidText.of(answer), forAsLong));
  }

  @Override
  public void forget(Did did) {
    server.call("forget a DID", redis -> redis.del(keys.ofDid(did)));
  }
}

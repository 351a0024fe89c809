/**
 * Keeps progress and queue in Redis, and takes part in the Redis streams of Bluesky's own services.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.github.atprotobackfill.redis {
  requires transitive io.github.atprotobackfill;
  requires transitive redis.clients.jedis;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.github.atprotobackfill.redis;
  exports io.github.atprotobackfill.redis.stream;
}

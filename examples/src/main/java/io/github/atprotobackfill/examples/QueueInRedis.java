package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.jdbc.JdbcStores;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.redis.RedisStores;
import io.github.atprotobackfill.xrpc.SharedBudget;
import java.util.Optional;
import redis.clients.jedis.UnifiedJedis;

/**
 * Stores of which the queue is in Redis and all else in the database, beside the records: what is
 * lost with Redis can be listed again, and several databases may share one server.
 */
record QueueInRedis(UnifiedJedis client, RedisStores redis, JdbcStores database)
    implements BackfillStores {

  static QueueInRedis open(RedisUrl url, JdbcStores database) {
    UnifiedJedis client = url.connect();
    return new QueueInRedis(client, RedisStores.builder(client).build(), database);
  }

  @Override
  public ProgressStore progress() {
    return database.progress();
  }

  @Override
  public WorkQueue queue() {
    return redis.queue();
  }

  @Override
  public RepoStates states() {
    return database.states();
  }

  @Override
  public Optional<SharedBudget> sharedBudget() {
    return database.sharedBudget();
  }

  @Override
  public void close() {
    try (client) {
      database.close();
    }
  }
}

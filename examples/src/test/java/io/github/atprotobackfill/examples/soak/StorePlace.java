package io.github.atprotobackfill.examples.soak;

import io.github.atprotobackfill.jdbc.JdbcSchema;
import io.github.atprotobackfill.jdbc.JdbcStores;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.redis.RedisStores;
import javax.sql.DataSource;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/**
 * Where a fleet keeps its progress; its records are in PostgreSQL in any case.
 *
 * @param kind which servers have which part
 * @param database the JDBC URL of PostgreSQL
 * @param redis the URL of Redis; empty where there is none
 */
record StorePlace(Kind kind, String database, String redis) {

  /** Which servers have which part of the progress. */
  enum Kind {
    /** All of it in PostgreSQL, in one transaction with the records. */
    POSTGRES,
    /** All of it in Redis. */
    REDIS,
    /** The queue in Redis, all else in PostgreSQL. */
    MIXED;

    boolean hasRedis() {
      return this != POSTGRES;
    }
  }

  /** Opens the stores; {@code source} leads to {@link #database}, which has its tables then. */
  BackfillStores open(DataSource source) {
    JdbcSchema.of(source).create();
    return switch (kind) {
      case POSTGRES -> JdbcStores.builder(source).build();
      case REDIS -> new InRedis();
      case MIXED -> new Mixed(JdbcStores.builder(source).build(), new InRedis());
    };
  }

  /** Progress in Redis, with a client that is closed with it. */
  private final class InRedis implements BackfillStores {

    private final UnifiedJedis client = RedisClient.create(redis);
    private final RedisStores stores = RedisStores.builder(client).build();

    @Override
    public ProgressStore progress() {
      return stores.progress();
    }

    @Override
    public WorkQueue queue() {
      return stores.queue();
    }

    @Override
    public RepoStates states() {
      return stores.states();
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private record Mixed(BackfillStores most, BackfillStores queues) implements BackfillStores {

    @Override
    public ProgressStore progress() {
      return most.progress();
    }

    @Override
    public WorkQueue queue() {
      return queues.queue();
    }

    @Override
    public RepoStates states() {
      return most.states();
    }

    @Override
    public void close() {
      most.close();
      queues.close();
    }
  }
}

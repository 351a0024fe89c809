package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.xrpc.SharedBudget;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import redis.clients.jedis.UnifiedJedis;

/**
 * Jobs, queue and repo states in the host's Redis, 6.2 or newer, shared by any number of processes.
 *
 * <pre>{@code
 * BackfillStores stores = RedisStores.builder(jedis).build();
 * }</pre>
 *
 * <p>The client is the host's: of one server, with or without replicas, or of a cluster, where all
 * keys of a job lie on one node. It should have as many connections as threads fetch, or a fourth
 * of it. Calls are scripts, each of which is one step to everybody else and handles at most 1,000
 * repos; a call with more is made in parts, of which the earlier ones stand when a later one fails.
 * Every failure of the client is a {@link StoreException}; what a client may send twice does no
 * harm.
 *
 * <p>Lease and due times go by the server's clock, and so do fences.
 *
 * <p><b>Expiry.</b> What is kept of a job expires a day after the job ended, unless configured
 * otherwise. Nothing of a job that has not ended expires, and neither does what is held of repos.
 *
 * <p><b>Memory and durability</b> are the server's: {@code maxmemory-policy} must be {@code
 * noeviction}, since a queue of which parts were evicted is refused; and what a server without
 * {@code appendonly} forgets when it restarts is listed and read again.
 *
 * <p>Thread-safe. {@link #close()} does nothing: the client is the host's.
 */
public final class RedisStores implements BackfillStores {

  /** What the names of all keys begin with. */
  public static final String DEFAULT_KEY_PREFIX = "atproto-backfill:";

  /** For how long an ended job is kept. */
  public static final Duration DEFAULT_HISTORY = Duration.ofHours(24);

  private final RedisProgressStore progress;
  private final RedisWorkQueue queue;
  private final RedisRepoStates states;
  private final RedisSharedBudget budget;

  private RedisStores(Builder builder) {
    RedisServer server = new RedisServer(builder.client);
    JobKeys keys = new JobKeys(builder.keyPrefix);
    this.queue = new RedisWorkQueue(server, keys);
    this.progress = new RedisProgressStore(server, keys, queue, builder.history);
    this.states = new RedisRepoStates(server, keys);
    this.budget = new RedisSharedBudget(server, keys);
  }

  /** A builder with the defaults. */
  public static Builder builder(UnifiedJedis client) {
    return new Builder(client);
  }

  @Override
  public ProgressStore progress() {
    return progress;
  }

  @Override
  public WorkQueue queue() {
    return queue;
  }

  @Override
  public RepoStates states() {
    return states;
  }

  /** What all processes that use these stores may spend together, by the server's clock. */
  @Override
  public Optional<SharedBudget> sharedBudget() {
    return Optional.of(budget);
  }

  /** What can be chosen about the stores. Not thread-safe. */
  public static final class Builder {

    private final UnifiedJedis client;
    private String keyPrefix = DEFAULT_KEY_PREFIX;
    private Duration history = DEFAULT_HISTORY;

    private Builder(UnifiedJedis client) {
      this.client = Objects.requireNonNull(client, "client");
    }

    /**
     * See {@link #DEFAULT_KEY_PREFIX}; without braces, which decide where keys of a cluster lie.
     */
    public Builder keyPrefix(String prefix) {
      if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
        throw new IllegalArgumentException("a key prefix must not have braces: " + prefix);
      }
      this.keyPrefix = prefix;
      return this;
    }

    /** See {@link #DEFAULT_HISTORY}; at least a second. */
    public Builder history(Duration history) {
      if (history.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException("history must be a second or more: " + history);
      }
      this.history = history;
      return this;
    }

    /** The stores; the server is not asked yet. */
    public RedisStores build() {
      return new RedisStores(this);
    }
  }
}

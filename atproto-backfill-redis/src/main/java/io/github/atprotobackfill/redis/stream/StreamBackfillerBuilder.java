package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/**
 * Configures a {@link StreamBackfiller}; not thread-safe. What is handed in is never closed by it.
 */
public final class StreamBackfillerBuilder {

  /** The consumer group of Bluesky's own backfiller. */
  public static final String DEFAULT_GROUP = "repo_backfill_group";

  private final UnifiedJedis redis;
  private StreamNames names = StreamNames.DEFAULTS;
  private String group = DEFAULT_GROUP;
  private String consumer = ConsumerGroup.uniqueConsumer("backfiller");
  private Duration leaseFor = BackfillBuilder.DEFAULT_LEASE;
  private Set<Nsid> collections = Set.of();
  private Consumer<BackfillBuilder> engine = builder -> {};
  private @Nullable RecordSink sink;

  StreamBackfillerBuilder(UnifiedJedis redis) {
    this.redis = redis;
  }

  /** Where records go; default a {@link RedisRecordSink} onto {@code firehose_backfill}. */
  public StreamBackfillerBuilder sink(RecordSink sink) {
    this.sink = sink;
    return this;
  }

  /** From which stream; default {@link StreamNames#DEFAULTS}. */
  public StreamBackfillerBuilder names(StreamNames names) {
    this.names = Objects.requireNonNull(names);
    return this;
  }

  /** The group that shares the work; default {@link #DEFAULT_GROUP}. */
  public StreamBackfillerBuilder group(String group) {
    this.group = Objects.requireNonNull(group);
    return this;
  }

  /**
   * This process's name in the group, which no other may have at the same time; default a new one.
   * Who comes back under its old name takes up at once what it left behind.
   */
  public StreamBackfillerBuilder consumer(String consumer) {
    this.consumer = Objects.requireNonNull(consumer);
    return this;
  }

  /** Which collections are wanted; default all. */
  public StreamBackfillerBuilder collections(Collection<Nsid> collections) {
    this.collections = Set.copyOf(collections);
    return this;
  }

  /** How long a dead process's repos stay its own; default that of the engine. */
  public StreamBackfillerBuilder leaseFor(Duration lease) {
    this.leaseFor = lease;
    return this;
  }

  /**
   * What else the engine is to be built with: client, resolver, fetcher, concurrency, listener. Its
   * sink, stores and lease are set here.
   */
  public StreamBackfillerBuilder engine(Consumer<BackfillBuilder> settings) {
    this.engine = Objects.requireNonNull(settings);
    return this;
  }

  /**
   * Starts to read, and returns at once.
   *
   * @throws io.github.atprotobackfill.progress.StoreException when Redis is out of reach
   */
  public StreamBackfiller start() {
    RecordSink target = sink == null ? RedisRecordSink.builder(redis).names(names).build() : sink;
    String stream = names.repoBackfill();
    ConsumerGroup entries = new ConsumerGroup(redis, stream, group, consumer, leaseFor);
    WorkQueue queue = new RepoStreamQueue(entries, new RepoLeases(redis, stream, group, consumer));
    BackfillBuilder builder = Backfill.builder();
    engine.accept(builder);
    Backfill backfill = builder.sink(target).stores(stores(queue)).leaseFor(leaseFor).build();
    try {
      return new StreamBackfiller(backfill, entries, new BackfillJob.Standing(stream, collections));
    } catch (RuntimeException e) {
      backfill.close();
      throw e;
    }
  }

  /** The job is this process's own, and no more than its stream; what is in that, outlives it. */
  private static BackfillStores stores(WorkQueue queue) {
    BackfillStores own = new InMemoryStores();
    return new BackfillStores() {
      @Override
      public ProgressStore progress() {
        return own.progress();
      }

      @Override
      public WorkQueue queue() {
        return queue;
      }

      @Override
      public RepoStates states() {
        return NoMemory.INSTANCE;
      }
    };
  }

  /** Remembers no repo, so that each is read whenever its entry comes. */
  private enum NoMemory implements RepoStates {
    INSTANCE;

    @Override
    public Map<Did, HeldRepo> find(Collection<Did> dids) {
      return Map.of();
    }

    @Override
    public void save(List<HeldRepo> repos) {}
  }
}

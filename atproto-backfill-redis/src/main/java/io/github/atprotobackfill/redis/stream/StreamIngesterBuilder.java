package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/**
 * Configures a {@link StreamIngester}; not thread-safe. What is handed in is never closed by it.
 */
public final class StreamIngesterBuilder {

  /** With how many entries the stream is full, so that listing waits. */
  public static final long DEFAULT_HIGH_WATER_MARK = HighWater.DEFAULT_MARK;

  /** How long a dead process's host stays its own. */
  public static final Duration DEFAULT_LOCK = Duration.ofSeconds(30);

  final UnifiedJedis redis;
  final Set<ServiceUrl> hosts = new LinkedHashSet<>();
  StreamNames names = StreamNames.DEFAULTS;
  long highWaterMark = DEFAULT_HIGH_WATER_MARK;
  Duration lockFor = DEFAULT_LOCK;
  boolean startOver;

  // What only tests replace.
  Duration lookEvery = HighWater.LOOK_EVERY;
  Duration firstWait = HostIngest.FIRST_WAIT;

  private @Nullable XrpcClient client;

  StreamIngesterBuilder(UnifiedJedis redis) {
    this.redis = redis;
  }

  /** A host or relay to be listed; each has its own cursor. */
  public StreamIngesterBuilder host(ServiceUrl host) {
    hosts.add(host);
    return this;
  }

  /** Hosts or relays to be listed. */
  public StreamIngesterBuilder hosts(Collection<ServiceUrl> more) {
    hosts.addAll(more);
    return this;
  }

  /** How hosts are called; carries the politeness. Default: public hosts only. */
  public StreamIngesterBuilder client(XrpcClient client) {
    this.client = client;
    return this;
  }

  /** Into which stream; default {@link StreamNames#DEFAULTS}. */
  public StreamIngesterBuilder names(StreamNames names) {
    this.names = Objects.requireNonNull(names);
    return this;
  }

  /**
   * See {@link #DEFAULT_HIGH_WATER_MARK}. The stream's length is looked at every 5 s at most, so it
   * may become longer by what is listed meanwhile.
   */
  public StreamIngesterBuilder highWaterMark(long entries) {
    if (entries < 1) {
      throw new IllegalArgumentException("highWaterMark must be at least 1: " + entries);
    }
    this.highWaterMark = entries;
    return this;
  }

  /** See {@link #DEFAULT_LOCK}. */
  public StreamIngesterBuilder lockFor(Duration lock) {
    if (lock.toMillis() < 1) {
      throw new IllegalArgumentException("lockFor must be at least 1 ms: " + lock);
    }
    this.lockFor = lock;
    return this;
  }

  /** Whether to list every host from its beginning, however far it is listed; default false. */
  public StreamIngesterBuilder startOver(boolean anew) {
    this.startOver = anew;
    return this;
  }

  StreamIngesterBuilder lookEvery(Duration time) {
    this.lookEvery = time;
    return this;
  }

  StreamIngesterBuilder firstWait(Duration time) {
    this.firstWait = time;
    return this;
  }

  /**
   * Starts to list, and returns at once.
   *
   * @throws IllegalStateException when there is no host
   */
  public StreamIngester start() {
    if (hosts.isEmpty()) {
      throw new IllegalStateException("at least one host is needed");
    }
    if (client != null) {
      return new StreamIngester(this, client, null);
    }
    XrpcClient own = XrpcClient.builder().build();
    return new StreamIngester(this, own, own);
  }
}

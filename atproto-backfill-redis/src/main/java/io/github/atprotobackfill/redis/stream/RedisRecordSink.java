package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RepoSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XAddParams;

/**
 * Puts records onto a Redis stream, for indexers to take off: ours ({@link StreamIndexer}), or
 * those of Bluesky's own services. One entry an event, with the field {@code event}:
 *
 * <pre>
 * {"type":"create","seq":-2,"time":"…","did":"…","commit":"…","rev":"…","collection":"…","rkey":"…","record":{…},"cid":"…"}
 * {"type":"delete","seq":-2,"time":"…","did":"…","rev":"…","collection":"…","rkey":"…"}
 * {"type":"repo","seq":-2,"time":"…","did":"…","commit":"…","rev":"…"}
 * {"type":"account","seq":-2,"time":"…","did":"…","active":false,"status":"…"}
 * </pre>
 *
 * <p>{@code time} is when it was read; {@code commit} is left out where it is not known, as in
 * deletes; {@code record} is the record's JSON as it arrived. {@code repo} says that everything
 * wanted of a repo was read, as of that rev, and was put onto the stream before it.
 *
 * <p><b>What a stream cannot.</b> It cannot be asked what it holds. So every reading of a repo puts
 * every record onto it; one that was deleted between two readings is not among them, and no {@code
 * delete} comes. Whoever consumes the stream learns of it from the live stream, or not at all.
 *
 * <p><b>Order.</b> What concerns one repo comes in the order in which it was read. After a crash
 * part of it comes twice.
 *
 * <p><b>Durable.</b> A write returns when Redis has all of it; how durable that is, is how Redis is
 * set up. Of a write that failed, some may be on the stream, and comes again.
 *
 * <p><b>Back-pressure.</b> With every write Redis tells how long the stream is. While it is longer
 * than the high-water mark, writes wait, and look twice a second; an interrupt ends the waiting. So
 * the stream is longer than that by no more than what its writers write at once.
 *
 * <p>Thread-safe. The client is not closed.
 */
public final class RedisRecordSink implements RecordSink {

  /** The length of a stream at which writes wait. */
  public static final long DEFAULT_HIGH_WATER_MARK = 100_000;

  static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(RedisRecordSink.class);
  private static final byte[] FIELD = StreamEvent.FIELD.getBytes(UTF_8);

  private final ReentrantLock waitLock = new ReentrantLock();
  private final UnifiedJedis redis;
  private final String stream;
  private final byte[] key;
  private final long highWaterMark;
  private final XAddParams adding;
  private final InstantSource clock;
  private final Pause pause;

  /** How long the stream was after the last write, or look. */
  private volatile long length;

  /** Waits for indexers to catch up. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  private RedisRecordSink(Builder with) {
    this.redis = with.redis;
    this.stream = with.stream;
    this.key = stream.getBytes(UTF_8);
    this.highWaterMark = with.highWaterMark;
    this.adding = XAddParams.xAddParams();
    if (with.maxLength > 0) {
      adding.maxLen(with.maxLength).approximateTrimming();
    }
    this.clock = with.clock;
    this.pause = with.pause;
    this.length = Long.MAX_VALUE;
  }

  /** A sink onto {@code firehose_backfill}, unless told otherwise. */
  public static Builder builder(UnifiedJedis redis) {
    return new Builder(redis);
  }

  @Override
  public void write(List<RecordEvent> events) throws InterruptedException {
    Instant now = clock.instant();
    add(events, event -> StreamEventWriter.ofBackfill(event, now));
  }

  @Override
  public boolean wantsSnapshots() {
    return true;
  }

  @Override
  public void complete(RepoSnapshot read) throws InterruptedException {
    Instant now = clock.instant();
    add(
        List.of(read),
        repo -> StreamEventWriter.ofRepo(repo.did(), repo.rev(), repo.commit(), now));
  }

  @Override
  public void account(AccountEvent event) throws InterruptedException {
    add(List.of(event), StreamEventWriter::ofAccount);
  }

  private <T> void add(List<T> events, Function<T, byte[]> json) throws InterruptedException {
    if (events.isEmpty()) {
      return;
    }
    waitForRoom();
    List<Response<?>> answers = new ArrayList<>(events.size());
    try (AbstractPipeline pipeline = redis.pipelined()) {
      for (T event : events) {
        answers.add(pipeline.xadd(key, adding, Map.of(FIELD, json.apply(event))));
      }
      Response<Long> longNow = pipeline.xlen(key);
      pipeline.sync();
      answers.forEach(Response::get); // throws what Redis refused it with
      length = longNow.get();
    } catch (JedisException e) {
      throw failed(e);
    }
  }

  private void waitForRoom() throws InterruptedException {
    if (length <= highWaterMark) {
      return;
    }
    waitLock.lockInterruptibly();
    try {
      boolean waited = false;
      for (length = look(); length > highWaterMark; length = look()) {
        if (!waited) {
          log.info("{}: waiting, it has {} entries", stream, length);
          waited = true;
        }
        pause.pause(BETWEEN_LOOKS);
      }
    } finally {
      waitLock.unlock();
    }
  }

  private long look() {
    try {
      return redis.xlen(stream);
    } catch (JedisException e) {
      throw failed(e);
    }
  }

  private StoreException failed(JedisException e) {
    return new StoreException("Redis stream " + stream + ": " + e.getMessage(), e);
  }

  /** Sets up a {@link RedisRecordSink}. */
  public static final class Builder {

    private final UnifiedJedis redis;
    private String stream = StreamNames.DEFAULTS.firehoseBackfill();
    private long highWaterMark = DEFAULT_HIGH_WATER_MARK;
    private long maxLength;
    private InstantSource clock = InstantSource.system();
    private Pause pause = time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());

    private Builder(UnifiedJedis redis) {
      this.redis = Objects.requireNonNull(redis, "redis");
    }

    /** The stream {@link StreamNames#firehoseBackfill()} of these. */
    public Builder names(StreamNames names) {
      return stream(names.firehoseBackfill());
    }

    /** Any other stream. */
    public Builder stream(String name) {
      stream = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * The length of the stream at which writes wait; {@value #DEFAULT_HIGH_WATER_MARK} unless set.
     */
    public Builder highWaterMark(long entries) {
      if (entries < 1) {
        throw new IllegalArgumentException("a stream holds one entry at least, not " + entries);
      }
      highWaterMark = entries;
      return this;
    }

    /**
     * Cuts the stream off at about this many entries, the oldest first, <em>whether anybody has
     * read them or not</em>. For streams that nobody need read to their end; otherwise leave it,
     * since indexers remove what they have done. Not cut off unless set.
     */
    public Builder maxLength(long entries) {
      if (entries < 1) {
        throw new IllegalArgumentException("a stream holds one entry at least, not " + entries);
      }
      maxLength = entries;
      return this;
    }

    /** Where {@code time} is taken from; the system's clock unless set. */
    public Builder clock(InstantSource source) {
      clock = Objects.requireNonNull(source, "source");
      return this;
    }

    Builder pause(Pause waiting) {
      pause = waiting;
      return this;
    }

    /** The sink. */
    public RedisRecordSink build() {
      return new RedisRecordSink(this);
    }
  }
}

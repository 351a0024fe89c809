package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.SinkOutageException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * The indexer's role: takes events off the streams {@code firehose_live} and {@code
 * firehose_backfill} as one of the group {@code firehose_group}, and gives them to a sink. Any
 * number of indexers may be of one group, ours and those of Bluesky's own services.
 *
 * <p><b>At least once.</b> An entry is acknowledged, and removed, after the sink's write returned.
 * Whoever dies before that leaves it to the others, who have it after a lease. So the sink is given
 * some events twice, which changes nothing.
 *
 * <p><b>Order.</b> One indexer gives the sink what concerns one repo in the order of each stream;
 * between the two streams, and between indexers of a group, there is no order. What makes up for it
 * is the rev: a sink does not let an older one undo a newer one, and for records that it has
 * removed, deletes are remembered in Redis ({@code firehose_live:deleted:…}) for as long as the
 * builder says. So however late something comes, a record ends as its newest rev left it. That
 * holds as long as the late one comes within that time, and Redis does not lose its memory.
 *
 * <p><b>What cannot be indexed.</b> An entry that is no event, that the sink refuses though it
 * takes others, or that was handed out too often, goes to {@code <stream>:dead}, and all others are
 * indexed. While the sink takes nothing at all, or Redis is away, the indexer waits, and tries
 * again for as long as it runs. Events that a sink has no use for are removed: handles, markers of
 * what was read, types of a later version.
 *
 * <p>A record that comes this way is {@linkplain io.github.atprotobackfill.sink.Proof#NONE not
 * proven}: whoever can write to the stream is believed.
 *
 * <p>The client needs two connections at once; neither it nor the sink is closed.
 */
public final class StreamIndexer implements AutoCloseable {

  /** The group that all indexers are of. */
  public static final String DEFAULT_GROUP = "firehose_group";

  private static final Logger log = LoggerFactory.getLogger(StreamIndexer.class);
  private static final Duration LONGEST_WAIT_FOR_ENTRIES = Duration.ofMillis(100);
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final List<IndexerLane> lanes;
  private final IndexerCounters counters = new IndexerCounters();
  private final String consumer;
  private final Duration lease;
  private final int batchSize;
  private final @Nullable Pause given;

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();

  /** Waits before another try. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  private StreamIndexer(Builder with) {
    this.consumer = with.consumer;
    this.lease = with.lease;
    this.batchSize = with.batchSize;
    this.given = with.pause;
    Tombstones tombstones =
        new Tombstones(with.redis, with.names.firehoseLive(), with.deletesRememberedFor);
    IndexerWriter writer = new IndexerWriter(with.sink, tombstones);
    // What happens now comes first.
    this.lanes =
        Stream.of(with.names.firehoseLive(), with.names.firehoseBackfill())
            .map(name -> new ConsumerGroup(with.redis, name, with.group, consumer, lease))
            .map(group -> new IndexerLane(group, writer, counters, with.mostDeliveries))
            .toList();
  }

  /** An indexer into {@code sink}. */
  public static Builder builder(UnifiedJedis redis, RecordSink sink) {
    return new Builder(redis, sink);
  }

  /** Indexes in a thread of its own, until {@link #close}. */
  public StreamIndexer start() {
    Thread thread = new Thread(this::runAndLog, "indexer-" + consumer);
    thread.setDaemon(true);
    begin(thread);
    thread.start();
    return this;
  }

  private void runAndLog() {
    try {
      runUntilStopped();
    } catch (InterruptedException e) {
      log.info("indexer {} was interrupted", consumer);
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("indexer {} ends", consumer, e);
    }
  }

  /**
   * Indexes in this thread until {@link #close}, or an interrupt.
   *
   * @throws InterruptedException when it was interrupted; what it had not written is others' then
   */
  public void run() throws InterruptedException {
    begin(Thread.currentThread());
    runUntilStopped();
  }

  private void begin(Thread thread) {
    if (!runner.compareAndSet(null, thread)) {
      throw new IllegalStateException("an indexer runs once");
    }
  }

  private void runUntilStopped() throws InterruptedException {
    ScheduledExecutorService keeper =
        Executors.newSingleThreadScheduledExecutor(this::keeperThread);
    long thirdOfALease = lease.toMillis() / 3;
    Future<?> renewing =
        keeper.scheduleWithFixedDelay(
            this::renew, thirdOfALease, thirdOfALease, TimeUnit.MILLISECONDS);
    try {
      for (int turn = 0; !isStopping(); turn++) {
        takeTurn(turn);
      }
    } finally {
      renewing.cancel(false);
      keeper.shutdown();
      leave();
      stopped.countDown();
    }
  }

  private Thread keeperThread(Runnable renewing) {
    Thread thread = new Thread(renewing, "indexer-lease-" + consumer);
    thread.setDaemon(true);
    return thread;
  }

  /** A batch of each stream; when there was none in either, one of them is waited for. */
  private void takeTurn(int turn) throws InterruptedException {
    boolean any = false;
    for (IndexerLane lane : lanes) {
      any |= index(lane, Duration.ZERO);
    }
    if (!any && !isStopping()) {
      index(lanes.get(turn % lanes.size()), LONGEST_WAIT_FOR_ENTRIES);
    }
  }

  private boolean index(IndexerLane lane, Duration longestWait) throws InterruptedException {
    boolean[] any = {false};
    patiently(() -> any[0] = lane.take(batchSize, longestWait));
    boolean goesOn = true;
    while (goesOn && lane.holdsSomething()) {
      goesOn = patiently(lane::workOff);
    }
    return any[0];
  }

  /** A step that may be taken again. */
  @FunctionalInterface
  private interface Step {
    void take() throws InterruptedException;
  }

  /** Takes the step, as often as it takes; false when the end came first. */
  private boolean patiently(Step step) throws InterruptedException {
    for (Duration wait = FIRST_WAIT; ; wait = min(wait.multipliedBy(2), LONGEST_WAIT)) {
      try {
        step.take();
        return true;
      } catch (StoreException | SinkOutageException e) {
        counters.failures.increment();
        log.warn("trying again in {} ms: {}", wait.toMillis(), e.getMessage());
      }
      pause(wait);
      if (isStopping()) {
        return false;
      }
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void pause(Duration time) throws InterruptedException {
    if (given != null) {
      given.pause(time);
    } else if (stopping.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
      log.debug("no more waiting, the indexer is being closed");
    }
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private void renew() {
    try {
      lanes.forEach(IndexerLane::renew);
    } catch (BackfillException e) {
      // The next renewal comes within the same lease; without any, the entries are done twice.
      log.warn("entries could not be renewed: {}", e.getMessage());
    }
  }

  private void leave() {
    for (IndexerLane lane : lanes) {
      try {
        lane.leave();
      } catch (BackfillException e) {
        log.warn("left without taking leave, which costs others a lease: {}", e.getMessage());
      }
    }
  }

  /** How far it has come. */
  public IndexerProgress progress() {
    return counters.snapshot();
  }

  /**
   * How many entries wait in both streams, those being indexed included.
   *
   * @throws StoreException when Redis does not say
   */
  public long backlog() {
    return lanes.stream().mapToLong(IndexerLane::backlog).sum();
  }

  /** The name under which Redis knows this indexer. */
  public String consumer() {
    return consumer;
  }

  /**
   * Ends it: waits for what it has taken to be written and acknowledged, and takes its name off the
   * group. While the sink or Redis is away it does not wait, and leaves what it has to the others,
   * at once where Redis can be told so.
   */
  @Override
  public void close() {
    stopping.countDown();
    Thread thread = runner.get();
    if (thread == null || thread == Thread.currentThread()) {
      return;
    }
    try {
      stopped.await();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** Sets up a {@link StreamIndexer}. */
  public static final class Builder {

    /** Entries taken at once from one stream. */
    public static final int DEFAULT_BATCH_SIZE = 500;

    /** So long an entry stays with an indexer that shows no sign of life. */
    public static final Duration DEFAULT_LEASE = Duration.ofMinutes(1);

    /** So often an entry is handed out before it is a dead letter. */
    public static final int DEFAULT_MOST_DELIVERIES = 5;

    /** So long a delete is remembered. */
    public static final Duration DEFAULT_DELETES_REMEMBERED_FOR = Duration.ofDays(7);

    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

    private final UnifiedJedis redis;
    private final RecordSink sink;
    private StreamNames names = StreamNames.DEFAULTS;
    private String group = DEFAULT_GROUP;
    private String consumer = ConsumerGroup.uniqueConsumer("indexer");
    private int batchSize = DEFAULT_BATCH_SIZE;
    private Duration lease = DEFAULT_LEASE;
    private int mostDeliveries = DEFAULT_MOST_DELIVERIES;
    private Duration deletesRememberedFor = DEFAULT_DELETES_REMEMBERED_FOR;
    private @Nullable Pause pause;

    private Builder(UnifiedJedis redis, RecordSink sink) {
      this.redis = Objects.requireNonNull(redis, "redis");
      this.sink = Objects.requireNonNull(sink, "sink");
    }

    /** The streams; {@link StreamNames#DEFAULTS} unless set. */
    public Builder names(StreamNames streams) {
      names = Objects.requireNonNull(streams, "streams");
      return this;
    }

    /** The group; {@value #DEFAULT_GROUP} unless set. */
    public Builder group(String name) {
      group = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * A name that no other indexer of the group has at the same time; one that nobody has unless
     * set. An indexer that comes back under its old name goes on with what it left, at once.
     */
    public Builder consumer(String name) {
      consumer = Objects.requireNonNull(name, "name");
      return this;
    }

    /** How many entries of one stream are taken, and written, at once; 500 unless set. */
    public Builder batchSize(int entries) {
      batchSize = atLeastOne(entries);
      return this;
    }

    /**
     * How long after its last sign of life an indexer's entries are others'; a minute unless set.
     */
    public Builder lease(Duration time) {
      if (time.compareTo(SHORTEST_LEASE) < 0) {
        throw new IllegalArgumentException("a lease lasts a second at least, not " + time);
      }
      lease = time;
      return this;
    }

    /** How often an entry is handed out before it is a dead letter; 5 times unless set. */
    public Builder mostDeliveries(int times) {
      mostDeliveries = atLeastOne(times);
      return this;
    }

    /**
     * How long a delete is remembered, at least: as long as an older record may still be on its
     * way. Every delete costs Redis about 100 bytes for up to twice that time. Seven days unless
     * set.
     */
    public Builder deletesRememberedFor(Duration time) {
      if (time.toMillis() < 1) {
        throw new IllegalArgumentException("deletes are remembered for some time, not " + time);
      }
      deletesRememberedFor = time;
      return this;
    }

    Builder pause(Pause waiting) {
      pause = waiting;
      return this;
    }

    private static int atLeastOne(int number) {
      if (number < 1) {
        throw new IllegalArgumentException("one at least, not " + number);
      }
      return number;
    }

    /** The indexer. */
    public StreamIndexer build() {
      return new StreamIndexer(this);
    }
  }
}

package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * Reads the repos that the stream {@code repo_backfill} tells of, and puts what they hold onto the
 * stream {@code firehose_backfill}, or gives it to any other {@link
 * io.github.atprotobackfill.sink.RecordSink}: whatever an ingester listed, ours or Bluesky's, and
 * whatever is added by hand, as by
 *
 * <pre>{@code
 * XADD repo_backfill * repo '{"did":"did:plc:…"}'
 * }</pre>
 *
 * <p>It does so with the engine of this library: at the host that the DID names now, whoever is
 * named in the message; politely, verified, a page at a time. Any number of backfillers share the
 * consumer group {@code repo_backfill_group}.
 *
 * <p><b>Promise.</b> An entry leaves the stream when its repo's records are with the sink, or when
 * its account is found inactive or gone and the sink was told so. What fails for good, what kills
 * its readers, and what is no message at all, goes to the stream {@code repo_backfill:dead} with
 * the error. A backfiller that dies is gone on for by the others once its leases have run out: from
 * the last page, or from the repo's beginning where the sink wants snapshots, as the stream does. A
 * repo is read by one at a time: when it is added again meanwhile, it is read once more afterwards.
 * One that was added is always read, whether or not it changed.
 *
 * <p>Runs until it is stopped. Thread-safe. The client of Redis stays the caller's to close.
 */
public final class StreamBackfiller implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StreamBackfiller.class);

  private final Backfill engine;
  private final ConsumerGroup group;
  private final BackfillRun run;

  StreamBackfiller(Backfill engine, ConsumerGroup group, BackfillJob.Standing job) {
    this.engine = engine;
    this.group = group;
    this.run = engine.start(job);
  }

  /** A builder for a backfiller on that Redis. */
  public static StreamBackfillerBuilder builder(UnifiedJedis redis) {
    return new StreamBackfillerBuilder(redis);
  }

  /**
   * How it stands. Repos are counted over all backfillers of the stream, and for as long as Redis
   * remembers; records, requests and errors are this process's.
   */
  public BackfillProgress progress() {
    return run.progress();
  }

  /** Stops taking up work, until {@link #resume}; what is under way comes to its next page. */
  public void pause() {
    run.pause();
  }

  /** Goes on after {@link #pause}. */
  public void resume() {
    run.resume();
  }

  /** Puts down what is under way at its next page and gives it back, for others to go on with. */
  public void stop() {
    run.stop();
  }

  /**
   * Waits until it works no more: it was stopped, or Redis or the sink stayed away.
   *
   * @return whether that was so within {@code most}
   */
  public boolean await(Duration most) throws InterruptedException {
    return run.await(most);
  }

  /** Completes when it works no more; exceptionally when Redis stayed out of reach. */
  public CompletionStage<BackfillProgress> completion() {
    return run.completion();
  }

  /** Stops, waits for that, and takes this consumer off the group's list. */
  @Override
  public void close() {
    engine.close();
    try {
      group.leave();
    } catch (RuntimeException e) {
      // The others take it off when it has been idle for a lease.
      log.warn("{} could not leave its group: {}", group.consumer(), e.getMessage());
    }
  }
}

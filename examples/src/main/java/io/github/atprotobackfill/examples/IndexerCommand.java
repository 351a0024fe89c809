package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.redis.stream.IndexerProgress;
import io.github.atprotobackfill.redis.stream.StreamIndexer;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import redis.clients.jedis.UnifiedJedis;

/** {@code indexer}: takes events off Redis streams into a database or a file. */
@Command(
    name = "indexer",
    description = {
      "Takes events off the Redis streams firehose_live and firehose_backfill into a database or a",
      "file, until it is stopped. Any number of processes share the work; Bluesky's own ingester",
      "and backfiller may be on the other side."
    },
    customSynopsis = {
      "atproto-backfill indexer --redis URL [--consumer NAME] PLACE",
      "where PLACE is --db JDBC-URL or --jsonl FILE",
      ""
    },
    sortOptions = false)
final class IndexerCommand implements Callable<Integer> {

  private static final int LINE_EVERY_SECONDS = 5;

  @ParentCommand private @Nullable Main main;

  @Option(
      names = "--redis",
      paramLabel = "URL",
      required = true,
      description = "The server: redis://[[USER:]PASSWORD@]HOST[:PORT][/DATABASE], or rediss://.")
  private @Nullable RedisUrl redis;

  @Option(
      names = "--consumer",
      paramLabel = "NAME",
      description = {
        "A name that no other indexer has at the same time; under its old name one goes on with",
        "what it had at once, and otherwise others do, a minute later."
      })
  private @Nullable String consumer;

  @Mixin private DestinationOptions place = new DestinationOptions();

  @Override
  public Integer call() throws InterruptedException {
    Destination destination = place.destination();
    RedisUrl url = Objects.requireNonNull(redis, "picocli requires it");
    Console console = Main.required(main).console();
    // The process lives until all of it is put away.
    try (StopSwitch stop = new StopSwitch(console);
        UnifiedJedis client = url.connect();
        Destination.Store store = destination.open()) {
      StreamIndexer.Builder with = StreamIndexer.builder(client, store.sink());
      if (consumer != null) {
        with.consumer(consumer);
      }
      try (StreamIndexer indexer = with.build()) {
        console.note("indexer " + indexer.consumer() + " from " + url + " into " + destination);
        // Closing waits for what is being written; whoever wants the end does so no longer than
        // that.
        stop.stops(() -> new Thread(indexer::close, "indexer-stop").start());
        run(indexer, console);
      }
    }
    return ExitStatus.INTERRUPTED;
  }

  private static void run(StreamIndexer indexer, Console console) throws InterruptedException {
    ScheduledExecutorService lines = Executors.newSingleThreadScheduledExecutor();
    Future<?> showing =
        lines.scheduleWithFixedDelay(
            () -> console.note(line(indexer)),
            LINE_EVERY_SECONDS,
            LINE_EVERY_SECONDS,
            TimeUnit.SECONDS);
    try {
      indexer.run();
      console.note(line(indexer));
    } finally {
      showing.cancel(false);
      lines.shutdown();
    }
  }

  private static String line(StreamIndexer indexer) {
    IndexerProgress progress = indexer.progress();
    return String.format(
        "%,d indexed, %,d skipped, %,d deleted meanwhile, %,d dead letters, %s waiting",
        progress.indexed(),
        progress.skipped(),
        progress.overtaken(),
        progress.dead(),
        waiting(indexer));
  }

  private static String waiting(StreamIndexer indexer) {
    try {
      return String.format("%,d", indexer.backlog());
    } catch (StoreException e) {
      return "an unknown number";
    }
  }
}

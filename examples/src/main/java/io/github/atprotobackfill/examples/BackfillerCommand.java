package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.redis.stream.RedisRecordSink;
import io.github.atprotobackfill.redis.stream.StreamBackfiller;
import io.github.atprotobackfill.redis.stream.StreamNames;
import io.github.atprotobackfill.syntax.Nsid;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import redis.clients.jedis.UnifiedJedis;

/** {@code backfiller}: the role that reads the repos it is told of. */
@Command(
    name = "backfiller",
    description = {
      "Reads the repos that the Redis stream repo_backfill tells of, and puts their records onto",
      "firehose_backfill. Any number of them may run; each runs until it is stopped.",
      "By hand: redis-cli XADD repo_backfill '*' repo '{\"did\":\"did:plc:...\"}'"
    },
    sortOptions = false)
final class BackfillerCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Main main;
  @Mixin private NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--redis",
      required = true,
      paramLabel = "URL",
      description = "The Redis of the streams: redis://HOST[:PORT][/DATABASE].")
  private @Nullable RedisUrl redis;

  @Option(
      names = "--collection",
      arity = "1..*",
      paramLabel = "NSID",
      description = "A collection to get; without any: all of them.")
  private List<Nsid> collections = new ArrayList<>();

  @Option(
      names = "--fetch",
      paramLabel = "WAY",
      converter = FetchWay.Converter.class,
      description = "How repos are read: auto (the default), list-records or export; see run.")
  private FetchWay fetch = FetchWay.AUTO;

  @Option(
      names = "--verify",
      paramLabel = "WHAT",
      converter = FetchWay.VerificationConverter.class,
      description = "full (the default) or none; see run.")
  private FetchWay.Verification verify = FetchWay.Verification.FULL;

  @Option(
      names = "--high-water-mark",
      paramLabel = "N",
      description = "Wait while firehose_backfill has N entries; default ${DEFAULT-VALUE}.")
  private long highWaterMark = RedisRecordSink.DEFAULT_HIGH_WATER_MARK;

  @Override
  public Integer call() throws InterruptedException {
    network.check(List.of());
    Console console = Main.required(main).console();
    RedisUrl url = Main.given(redis);
    try (StopSwitch stop = new StopSwitch(console);
        NetworkAccess access = network.open();
        UnifiedJedis client = url.connect();
        StreamBackfiller backfiller =
            StreamBackfiller.builder(client)
                .sink(RedisRecordSink.builder(client).highWaterMark(highWaterMark).build())
                .collections(collections)
                .engine(
                    engine ->
                        engine
                            .client(access.client())
                            .resolver(access.resolver())
                            .concurrency(access.concurrency())
                            .fetcher(fetch.fetcher(access.client(), verify)))
                .start()) {
      stop.stops(backfiller::stop);
      console.note("reading repos of " + StreamNames.DEFAULTS.repoBackfill() + " in " + url);
      show(console, backfiller);
      return end(console, backfiller);
    }
  }

  private static void show(Console console, StreamBackfiller backfiller)
      throws InterruptedException {
    ProgressBar bar = new ProgressBar(console);
    try {
      bar.begin(backfiller.progress());
      while (!backfiller.await(bar.every())) {
        bar.show(backfiller.progress());
      }
    } finally {
      bar.close();
    }
  }

  private static int end(Console console, StreamBackfiller backfiller) {
    try {
      BackfillProgress last = backfiller.completion().toCompletableFuture().join();
      console.note(
          "stopped: "
              + Quantity.of(last.counts().written(), "record")
              + " put onto the stream by this process; "
              + Quantity.of(last.repos().open(), "repo")
              + " to be read");
      return ExitStatus.of(last.state());
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      console.note("error: " + Failure.of(cause).message());
      return ExitStatus.FAILED;
    }
  }
}

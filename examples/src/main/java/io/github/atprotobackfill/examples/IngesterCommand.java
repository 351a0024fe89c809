package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.redis.stream.StreamIngester;
import io.github.atprotobackfill.redis.stream.StreamIngester.HostProgress;
import io.github.atprotobackfill.redis.stream.StreamIngester.State;
import io.github.atprotobackfill.redis.stream.StreamIngesterBuilder;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import redis.clients.jedis.UnifiedJedis;

/** {@code ingester}: the role that tells backfillers which repos there are. */
@Command(
    name = "ingester",
    description = {
      "Lists every repo of hosts or relays into the Redis stream repo_backfill.",
      "The same command again goes on where it stopped; what is listed to its end stays so."
    },
    sortOptions = false)
final class IngesterCommand implements Callable<Integer> {

  private static final Duration SHOW_EVERY = Duration.ofSeconds(5);

  @ParentCommand private @Nullable Main main;
  @Mixin private NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--redis",
      required = true,
      paramLabel = "URL",
      description = "The Redis of the streams: redis://HOST[:PORT][/DATABASE].")
  private @Nullable RedisUrl redis;

  @Option(
      names = "--host",
      required = true,
      arity = "1..*",
      paramLabel = "URL",
      description = "The hosts or relays to be listed.")
  private List<ServiceUrl> hosts = new ArrayList<>();

  @Option(
      names = "--high-water-mark",
      paramLabel = "N",
      description = "Wait while the stream has N entries; default ${DEFAULT-VALUE}.")
  private long highWaterMark = StreamIngesterBuilder.DEFAULT_HIGH_WATER_MARK;

  @Option(names = "--start-over", description = "List from the beginning, whatever was listed.")
  private boolean startOver;

  @Override
  public Integer call() throws InterruptedException {
    network.check(hosts);
    Console console = Main.required(main).console();
    RedisUrl url = Main.given(redis);
    try (StopSwitch stop = new StopSwitch(console);
        NetworkAccess access = network.open();
        UnifiedJedis client = url.connect();
        StreamIngester ingester =
            StreamIngester.builder(client)
                .hosts(hosts)
                .client(access.client())
                .highWaterMark(highWaterMark)
                .startOver(startOver)
                .start()) {
      stop.stops(ingester::stop);
      console.note("listing " + Quantity.of(hosts.size(), "host") + " into " + url);
      while (!ingester.await(SHOW_EVERY)) {
        show(console, ingester.progress());
      }
      show(console, ingester.progress());
      return exitStatus(ingester.progress());
    }
  }

  private static void show(Console console, List<HostProgress> hosts) {
    hosts.forEach(host -> console.note(line(host)));
  }

  private static String line(HostProgress at) {
    return "%s %s, %s listed%s%s"
        .formatted(
            at.host(),
            at.state().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
            Quantity.of(at.listed(), "repo"),
            at.rejected() == 0 ? "" : ", " + Quantity.count(at.rejected()) + " malformed",
            at.failure().map(failure -> ": " + failure).orElse(""));
  }

  private static int exitStatus(List<HostProgress> hosts) {
    List<State> states = hosts.stream().map(HostProgress::state).collect(Collectors.toList());
    if (!states.stream().allMatch(State::ended)) {
      return ExitStatus.INTERRUPTED;
    }
    return states.contains(State.FAILED) ? ExitStatus.INCOMPLETE : ExitStatus.COMPLETED;
  }
}

package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.testkit.network.SimulatedNetworkBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A simulated network as a process, so that neither its memory nor its processor time is taken for
 * the library's. Says where it is reached, then does what each line of its input orders, and ends
 * with its input: {@code change} writes to the first account; {@code loads} tells the counts of
 * each host.
 */
final class NetworkMain {

  private static final String LIST_REPOS = "com.atproto.sync.listRepos";

  private NetworkMain() {}

  public static void main(String[] arguments) throws IOException {
    Options options = new Options(List.of(arguments));
    SimulatedNetworkBuilder plan =
        SimulatedNetwork.builder()
            .seed(options.number("seed", 1))
            .hosts(options.number("hosts", 1))
            .accounts(options.number("accounts", 1))
            .zipfSpread(options.decimal("spread", 0))
            .repoSizes(sizes(options))
            .signedHeads(false)
            .gzip(options.oneOf("gzip", "yes", "no").equals("yes"))
            .collection(Rig.COLLECTION.value(), 1);
    List<Integer> dead = numbers(options, "dead");
    List<Integer> slow = numbers(options, "slow");
    int everywhere = options.number("latency-everywhere-millis", 0);
    Fault latency = Fault.latency(Duration.ofMillis(options.number("latency-millis", 100)));
    int limit = options.number("limit", 0);
    Duration window = Duration.ofMillis(options.number("window-millis", 10_000));
    options.refuseUnknown();
    try (SimulatedNetwork network = plan.start()) {
      if (everywhere > 0) {
        Fault always = Fault.latency(Duration.ofMillis(everywhere));
        services(network).forEach(service -> service.order(always));
      }
      for (int k = 0; k < network.hosts().size(); k++) {
        SimulatedHost host = network.host(k);
        if (limit > 0) {
          host.order(Fault.rateLimit(limit, window));
        }
        if (slow.contains(k)) {
          host.order(latency);
        }
        if (dead.contains(k)) {
          host.stopListening();
        }
      }
      serve(network);
    }
  }

  private static RepoSizes sizes(Options options) {
    return options
        .text("records")
        .map(records -> RepoSizes.fixed(Integer.parseInt(records)))
        .orElseGet(
            () -> RepoSizes.logNormal(options.decimal("median", 5), options.decimal("sigma", 1.5)));
  }

  private static List<Integer> numbers(Options options, String name) {
    return options.text(name).stream()
        .flatMap(list -> java.util.Arrays.stream(list.split(",")))
        .map(Integer::parseInt)
        .toList();
  }

  private static void serve(SimulatedNetwork network) throws IOException {
    List<SimulatedHost> services = services(network);
    services.forEach(service -> System.out.println(service.url()));
    System.out.println(NetworkProcess.END);
    System.out.println(network.account(0).did());
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int changes = 0;
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      switch (order) {
        case NetworkProcess.CHANGE -> change(network, ++changes);
        case NetworkProcess.LOADS -> services.forEach(NetworkMain::tellLoad);
        default -> throw new IllegalArgumentException(order);
      }
      System.out.println(NetworkProcess.END);
    }
  }

  /** Writes one record, the same each time. */
  private static void change(SimulatedNetwork network, int content) {
    network.put(
        AtUri.parse("at://" + network.account(0).did() + "/" + Rig.COLLECTION + "/changed"),
        "{\"$type\":\"com.example.note\",\"n\":" + content + "}");
  }

  private static void tellLoad(SimulatedHost service) {
    System.out.printf(
        "%d %d %d%n",
        service.requests(), service.requestsOverLimit(), service.requests(LIST_REPOS));
  }

  private static List<SimulatedHost> services(SimulatedNetwork network) {
    List<SimulatedHost> services = new ArrayList<>(List.of(network.relay(), network.directory()));
    services.addAll(network.hosts());
    return services;
  }
}

package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Hosts with a true rate limit and a Zipf spread of repos, three of them dead and one slow, against
 * what the limit of the busiest live host dictates: its requests by its rate.
 */
final class RateLimits implements Benchmark {

  private static final double TARGET = 1.15;
  private static final Set<Integer> DEAD = Set.of(1, 4, 11);
  private static final int SLOW = 2;

  private final int rounds;
  private final int repos;
  private final int hosts;
  private final int rate;
  private final int windowSeconds;
  private final int burst;
  private final int latencyMillis;
  private final int patienceSeconds;

  RateLimits(Options options) {
    rounds = options.number("rounds", 3);
    repos = options.number("repos", 1500);
    hosts = options.number("hosts", 20);
    rate = options.number("rate", 20);
    windowSeconds = options.number("window-seconds", 10);
    burst = options.number("burst", HostPolicy.DEFAULT.burst());
    latencyMillis = options.number("latency-millis", 200);
    patienceSeconds = options.number("host-patience-seconds", 10);
  }

  @Override
  public void run(Report report) throws Exception {
    report.say(
        "%,d repos on %d hosts, each letting %d requests through in %d s; client: %d a second,"
            + " burst %d; %d hosts dead, given up after %d s, one with %d ms latency",
        repos,
        hosts,
        rate * windowSeconds,
        windowSeconds,
        rate,
        burst,
        DEAD.size(),
        patienceSeconds,
        latencyMillis);
    List<Double> ratios = new ArrayList<>();
    report.row(
        "round", "seconds", "dictated", "ratio", "busiest host", "refused", "repos done", "failed");
    try (Postgres postgres = Postgres.start()) {
      for (int round = 0; round < rounds; round++) {
        ratios.add(round(report, postgres, round));
      }
    }
    report.table();
    report.atMost("job ÷ what the busiest live host dictates", Spread.of(ratios), TARGET);
  }

  private double round(Report report, Postgres postgres, int round) throws Exception {
    try (Database database = postgres.newDatabase();
        NetworkProcess network =
            NetworkProcess.start(
                "--seed",
                round + 1,
                "--hosts",
                hosts,
                "--accounts",
                repos,
                "--spread",
                1,
                "--limit",
                rate * windowSeconds,
                "--window-millis",
                windowSeconds * 1000,
                "--dead",
                DEAD.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--slow",
                SLOW,
                "--latency-millis",
                latencyMillis)) {
      Rig.Ended ended =
          rig(network)
              .run(
                  new BackfillJob.Collections(
                      List.of(network.relay()), Set.of(Rig.COLLECTION), false),
                  database.stores(),
                  database.sink());
      List<NetworkProcess.Load> loads = network.loads().subList(2, 2 + hosts);
      long busiest = loads.stream().mapToLong(NetworkProcess.Load::served).max().orElseThrow();
      long refused = loads.stream().mapToLong(NetworkProcess.Load::refused).sum();
      double dictated = (double) busiest / rate;
      BackfillProgress.Repos ends = ended.progress().repos();
      double ratio = ended.seconds() / dictated;
      report.row(
          round + 1,
          ended.seconds(),
          dictated,
          ratio,
          busiest + " requests",
          refused,
          ends.done(),
          ends.failed());
      return ratio;
    }
  }

  private Rig rig(NetworkProcess network) {
    HostPolicy limited = new HostPolicy(HostPolicy.DEFAULT.concurrency(), rate, burst);
    Set<ServiceUrl> pdses = new HashSet<>(network.hosts());
    return Rig.unlimited(network.directory())
        .policy(service -> pdses.contains(service) ? limited : Rig.UNLIMITED)
        .hostPatience(Duration.ofSeconds(patienceSeconds));
  }
}

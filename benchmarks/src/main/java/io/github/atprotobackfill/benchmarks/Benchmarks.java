package io.github.atprotobackfill.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Runs the benchmarks that are named on the command line. */
public final class Benchmarks {

  private static final Map<String, Function<Options, Benchmark>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("big-repo", BigRepo::new);
    ALL.put("small-repos", SmallRepos::new);
    ALL.put("rate-limits", RateLimits::new);
    ALL.put("claims", Claims::new);
    ALL.put("queue-depth", QueueDepth::new);
    ALL.put("claim-cost", ClaimCost::new);
    ALL.put("workers", Workers::new);
    ALL.put("million-repos", MillionRepos::new);
    ALL.put("huge-repo", HugeRepo::new);
    ALL.put("rerun", Rerun::new);
    ALL.put("signatures", Signatures::new);
    ALL.put("repo-decode", RepoDecode::new);
    ALL.put("car-memory", CarMemory::new);
    ALL.put("second-pass", SecondPass::new);
    ALL.put("stream-round-trip", StreamRoundTrip::new);
    ALL.put("export-repo", ExportRepo::new);
  }

  private Benchmarks() {}

  /** See {@code docs/performance.md}. */
  public static void main(String[] arguments) throws Exception {
    List<String> names = new ArrayList<>();
    int first = 0;
    while (first < arguments.length && !arguments[first].startsWith("--")) {
      names.add(arguments[first++]);
    }
    if (names.isEmpty() || !ALL.keySet().containsAll(names)) {
      System.err.println("usage: benchmarks NAME... [--option value]...");
      System.err.println("names: " + String.join(", ", ALL.keySet()));
      System.exit(2);
    }
    run(names, new Options(List.of(arguments).subList(first, arguments.length)));
  }

  private static void run(List<String> names, Options options) throws Exception {
    Map<String, Benchmark> chosen = new LinkedHashMap<>();
    for (String name : names) {
      chosen.put(name, Objects.requireNonNull(ALL.get(name)).apply(options));
    }
    options.refuseUnknown();
    Report report = new Report(System.out);
    for (Map.Entry<String, Benchmark> benchmark : chosen.entrySet()) {
      report.title(benchmark.getKey());
      benchmark.getValue().run(report);
    }
  }
}

package io.github.atprotobackfill.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whole repos from CAR to JSON on one thread, with every check, against the libraries that do the
 * same in JavaScript. Each party decodes the same file in a process of its own, warmed up; the
 * processes take turns.
 */
final class RepoDecode implements Benchmark {

  private static final String OURS = "this library";
  private static final String IN_MEMORY = "this library, blocks in memory";
  private static final String HASHES = "SHA-256 alone";
  private static final String DRIVER = "repo-decode-peers.mjs";
  private static final String INSTALL =
      "npm install @atcute/repo @atcute/car @atcute/cbor @atproto/repo";
  private static final Map<String, Double> TARGETS = Map.of("atcute", 10.0, "atproto", 50.0);
  private static final int ENOUGH_MEMORY = 1 << 30;

  private final List<Integer> sizes;
  private final RepoFile.Order order;
  private final int rounds;
  private final double seconds;
  private final Optional<Path> peers;

  /** What one process measured: the medians of its runs. */
  private record Measured(double recordsPerSecond, double wall, double processor) {}

  RepoDecode(Options options) {
    sizes =
        Stream.of(options.text("records").orElse("1000,10000,100000").split(",", -1))
            .map(Integer::parseInt)
            .toList();
    order = RepoFile.Order.valueOf(options.text("order").orElse("NEWEST_FIRST"));
    rounds = options.number("rounds", 5);
    seconds = options.decimal("seconds", 3);
    peers = options.text("peers").map(Path::of);
  }

  @Override
  public void run(Report report) throws Exception {
    Path directory = Files.createTempDirectory("repo-decode");
    Path car = directory.resolve("repo.car");
    try {
      if (peers.isEmpty()) {
        report.say("Without peers: run \"%s\" in a directory and name it by --peers.%n", INSTALL);
      }
      for (int records : sizes) {
        RepoFile.write(car, records, order);
        measure(report, car, records);
      }
    } finally {
      Files.deleteIfExists(car);
      Files.delete(directory);
    }
  }

  private void measure(Report report, Path car, int records) throws Exception {
    Map<String, List<Measured>> all = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      add(all, OURS, ours(car, "--what", "decode"));
      add(all, IN_MEMORY, ours(car, "--what", "decode", "--in-memory", "" + ENOUGH_MEMORY));
      add(all, HASHES, ours(car, "--what", "hash"));
      if (peers.isPresent()) {
        for (String peer : TARGETS.keySet()) {
          add(all, peer, peer(peers.get(), peer, car));
        }
      }
    }
    tell(report, car, records, all);
  }

  private static void add(Map<String, List<Measured>> all, String who, Measured measured) {
    all.computeIfAbsent(who, unused -> new ArrayList<>()).add(measured);
  }

  private Measured ours(Path car, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--car", car.toString()));
    arguments.addAll(List.of("--warm-up", "" + seconds, "--seconds", "" + seconds));
    arguments.addAll(List.of(more));
    return measured(Jvm.start(List.of("-XX:+UseSerialGC"), DecodeMain.class, arguments));
  }

  private Measured peer(Path packages, String peer, Path car) throws Exception {
    Path driver = packages.resolve(DRIVER);
    try (InputStream resource =
        Objects.requireNonNull(RepoDecode.class.getResourceAsStream("/" + DRIVER))) {
      Files.copy(resource, driver, StandardCopyOption.REPLACE_EXISTING);
    }
    try {
      String length = "" + seconds;
      return measured(
          new ProcessBuilder("node", driver.toString(), peer, car.toString(), length, length)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } finally {
      Files.delete(driver);
    }
  }

  private static Measured measured(Process process) throws IOException, InterruptedException {
    List<Double> rates = new ArrayList<>();
    List<Double> walls = new ArrayList<>();
    List<Double> processors = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] figures = line.split(" ", -1);
        rates.add(Double.parseDouble(figures[0]) / Double.parseDouble(figures[1]));
        walls.add(Double.parseDouble(figures[1]));
        processors.add(Double.parseDouble(figures[2]));
      }
    } finally {
      process.destroy();
    }
    if (process.waitFor() != 0 || rates.isEmpty()) {
      throw new IllegalStateException("decoding failed");
    }
    return new Measured(
        Spread.of(rates).median(), Spread.of(walls).median(), Spread.of(processors).median());
  }

  private static void tell(Report report, Path car, int records, Map<String, List<Measured>> all)
      throws IOException {
    report.say("%,d records, %,d bytes", records, Files.size(car));
    report.row("one thread", "records/s", "ms", "ms of processor time");
    all.forEach(
        (who, measured) ->
            report.row(
                who,
                who.equals(HASHES) ? "" : (Object) median(measured, 0),
                1000 * median(measured, 1),
                1000 * median(measured, 2)));
    report.table();
    List<Measured> ours = all.getOrDefault(OURS, List.of());
    report.say(
        "SHA-256 alone takes %s of the time",
        ratios(all.getOrDefault(HASHES, List.of()), ours, Measured::wall));
    TARGETS.forEach(
        (peer, target) -> {
          if (all.containsKey(peer)) {
            List<Measured> theirs = all.get(peer);
            report.say(
                "in processor time %s ÷ this library: %s",
                peer, ratios(theirs, ours, Measured::processor));
            report.atLeast(
                "this library ÷ @" + peer + "/repo, " + records + " records, in records a second",
                ratios(theirs, ours, Measured::wall),
                target);
          }
        });
    report.say("");
  }

  private static double median(List<Measured> measured, int figure) {
    return Spread.of(
            measured.stream()
                .map(
                    one ->
                        switch (figure) {
                          case 0 -> one.recordsPerSecond();
                          case 1 -> one.wall();
                          default -> one.processor();
                        })
                .toList())
        .median();
  }

  private static Spread ratios(
      List<Measured> above,
      List<Measured> below,
      java.util.function.ToDoubleFunction<Measured> figure) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < above.size(); i++) {
      ratios.add(figure.applyAsDouble(above.get(i)) / figure.applyAsDouble(below.get(i)));
    }
    return Spread.of(ratios);
  }
}

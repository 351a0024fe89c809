package io.github.atprotobackfill.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When a reference server was asked by the tool, as that server's own log says: one JSON object a
 * line, with the time at which the answer was over and how long it took.
 */
final class HostLog {

  private static final String TOOL = "atproto-backfill";
  private static final JsonMapper JSON = new JsonMapper();

  private HostLog() {}

  /** The log of each host of the network that {@code network} describes, where hosts write one. */
  static List<Path> of(Path network) throws IOException {
    Path folder = network.resolveSibling("logs");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("pds\\d+\\.log"))
          .sorted()
          .toList();
    }
  }

  /** Whether the host writes down what it is asked. */
  static boolean isKept(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.anyMatch(line -> line.contains("\"responseTime\""));
    }
  }

  /** The moments since {@code since} at which the tool's requests arrived, in order. */
  static List<Instant> requests(Path log, Instant since) throws IOException {
    List<Instant> moments = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        arrival(line).filter(moment -> !moment.isBefore(since)).ifPresent(moments::add);
      }
    }
    moments.sort(null);
    return moments;
  }

  private static Optional<Instant> arrival(String line) {
    if (!line.contains("\"responseTime\"")) {
      return Optional.empty();
    }
    try {
      JsonNode entry = JSON.readTree(line);
      return entry.path("req").path("headers").path("user-agent").asText().startsWith(TOOL)
          ? Optional.of(
              Instant.ofEpochMilli(
                  entry.path("time").asLong() - entry.path("responseTime").asLong()))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a line of a host's log: " + line, e);
    }
  }

  /** The most requests that arrived within any span of time this long. */
  static int mostWithin(Duration span, List<Instant> moments) {
    int most = 0;
    int first = 0;
    for (int last = 0; last < moments.size(); last++) {
      while (!moments.get(first).isAfter(moments.get(last).minus(span))) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }
}

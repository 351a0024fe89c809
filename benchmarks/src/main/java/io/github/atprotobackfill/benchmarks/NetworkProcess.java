package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link NetworkMain} that is running, as the process that asks it sees it. */
final class NetworkProcess implements AutoCloseable {

  static final String END = ".";
  static final String LOADS = "loads";
  static final String CHANGE = "change";

  private static final String HEAP = "-Xmx1g";
  private static final long PATIENCE_SECONDS = 10;

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter orders;
  private final List<ServiceUrl> services;
  private final Did firstAccount;

  /**
   * What one service was asked so far.
   *
   * @param requests all requests
   * @param refused those over a rate limit
   * @param listings those for lists of repos
   */
  record Load(long requests, long refused, long listings) {

    static final Load NONE = new Load(0, 0, 0);

    static Load parse(String line) {
      String[] counts = line.split(" ", -1);
      return new Load(
          Long.parseLong(counts[0]), Long.parseLong(counts[1]), Long.parseLong(counts[2]));
    }

    Load plus(Load other) {
      return new Load(
          requests + other.requests, refused + other.refused, listings + other.listings);
    }

    Load minus(Load before) {
      return new Load(
          requests - before.requests, refused - before.refused, listings - before.listings);
    }

    /** The requests that the host let through. */
    long served() {
      return requests - refused;
    }
  }

  private NetworkProcess(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader();
    this.orders = process.outputWriter();
    this.services = lines().stream().map(ServiceUrl::parse).toList();
    this.firstAccount = Did.parse(answers.readLine());
  }

  /** Starts a network; the options are those of {@link NetworkMain}. */
  static NetworkProcess start(Object... options) throws IOException {
    List<String> texts = java.util.Arrays.stream(options).map(Object::toString).toList();
    return new NetworkProcess(Jvm.start(List.of(HEAP), NetworkMain.class, texts));
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = answers.readLine(); !END.equals(line); line = answers.readLine()) {
      if (line == null) {
        throw new IOException("the network's process ended");
      }
      lines.add(line);
    }
    return lines;
  }

  ServiceUrl relay() {
    return services.get(0);
  }

  ServiceUrl directory() {
    return services.get(1);
  }

  List<ServiceUrl> hosts() {
    return services.subList(2, services.size());
  }

  Did firstAccount() {
    return firstAccount;
  }

  /** What each service was asked so far: the relay, the directory, then the hosts. */
  List<Load> loads() throws IOException {
    return order(LOADS).stream().map(Load::parse).toList();
  }

  /** Writes one record of the first account's repo anew. */
  void change() throws IOException {
    order(CHANGE);
  }

  private List<String> order(String what) throws IOException {
    orders.write(what + "\n");
    orders.flush();
    return lines();
  }

  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() throws IOException {
    orders.close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Optional;

/**
 * The one repo that a benchmark reads: that of a real host which the options name, or else a
 * simulated one.
 */
final class OneRepo {

  private final int records;
  private final Optional<ServiceUrl> directory;
  private final Optional<Did> did;

  /** Whoever measures with it. */
  interface Measurement {
    void of(ServiceUrl directory, Did did) throws Exception;
  }

  /**
   * @param records how many the simulated one has, unless the options say another number
   */
  OneRepo(Options options, int records) {
    this.records = options.number("records", records);
    this.directory = options.text("plc").map(ServiceUrl::parse);
    this.did = options.text("did").map(Did::parse);
    if (directory.isPresent() != did.isPresent()) {
      throw new IllegalArgumentException("--plc and --did are given together, or neither");
    }
  }

  void measure(Measurement measurement) throws Exception {
    if (directory.isPresent() && did.isPresent()) {
      measurement.of(directory.get(), did.get());
      return;
    }
    try (NetworkProcess network = NetworkProcess.start("--records", records)) {
      measurement.of(network.directory(), network.firstAccount());
    }
  }
}

package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a job would ask of whom.
 *
 * @param repos repos the sources told of, each once
 * @param unresolved repos whose host could not be found, by why
 * @param hosts what each host would be asked, the busiest first
 * @param failedSources sources that could not be listed, by id
 */
public record BackfillPlan(
    long repos,
    Map<String, Long> unresolved,
    List<HostShare> hosts,
    Map<String, Failure> failedSources) {

  public BackfillPlan {
    unresolved = Map.copyOf(unresolved);
    hosts = List.copyOf(hosts);
    failedSources = Map.copyOf(failedSources);
  }

  /**
   * One host's share.
   *
   * @param host the host
   * @param repos its repos
   * @param whole how many of them would be read whole, as far as is known before any was
   * @param requests requests as far as is known: for what is listed, if each wanted collection is
   *     of the size that is usual
   * @param atAllowedRate the time these take at the rate its policy allows
   */
  public record HostShare(
      ServiceUrl host, long repos, long whole, long requests, Duration atAllowedRate) {}

  /** The time that the busiest host dictates. */
  public Duration shortest() {
    return hosts.stream()
        .map(HostShare::atAllowedRate)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}

package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.identity.BadRepoNamesException;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What to get: which collections, of which repos. Lists are taken as text and parsed here, so that
 * all of their bad entries can be named at once.
 */
final class Selection {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--relay",
      arity = "1..*",
      paramLabel = "URL",
      description = "Where repos with records of the collections, or all hosts, are listed.")
  private List<String> relays = new ArrayList<>();

  @Option(
      names = "--collection",
      arity = "1..*",
      paramLabel = "NSID",
      description = "A collection to get; without any: all of them (not with --relay alone).")
  private List<String> collections = new ArrayList<>();

  @Option(
      names = "--did",
      arity = "1..*",
      paramLabel = "DID|HANDLE",
      description = "Just these repos. A list in a file: --did @FILE.")
  private List<String> repos = new ArrayList<>();

  @Option(
      names = "--host",
      arity = "1..*",
      paramLabel = "URL",
      description = "Every repo of these hosts.")
  private List<String> hosts = new ArrayList<>();

  @Option(names = "--network", description = "Every repo of every host that the relays know.")
  private boolean network;

  @Option(
      names = "--fallback-to-hosts",
      description =
          "Where a relay cannot list repos by collection, list its hosts and all their repos"
              + " instead.")
  private boolean fallbackToHosts;

  @Option(
      names = "--handles-from",
      arity = "1..*",
      paramLabel = "URL",
      description =
          "Ask these hosts or relays first for the handles given to --did: for networks of your"
              + " own, whose handles are in no DNS.")
  private List<String> handleServices = new ArrayList<>();

  /** Refuses what names nothing, two different things, or anything malformed. */
  void check() {
    long ways = Stream.of(!repos.isEmpty(), !hosts.isEmpty(), network).filter(way -> way).count();
    if (ways > 1) {
      throw misuse("--did, --host and --network are three different jobs: choose one");
    }
    if (fallbackToHosts && ways > 0) {
      throw misuse("--fallback-to-hosts goes with --relay and --collection only");
    }
    if (!handleServices.isEmpty() && repos.isEmpty()) {
      throw misuse("--handles-from goes with --did only");
    }
    if (network || ways == 0) {
      checkRelays();
    } else if (!relays.isEmpty()) {
      throw misuse("--relay goes with --collection or --network, not with --did or --host");
    }
    services();
    wanted();
  }

  private void checkRelays() {
    if (relays.isEmpty() && collections.isEmpty() && !network) {
      throw misuse(
          "say what to get: --relay URL --collection NSID, or --did DID, or --host URL, or --relay"
              + " URL --network");
    }
    if (relays.isEmpty()) {
      throw misuse(
          (network ? "--network" : "--collection")
              + " needs --relay URL to find repos with"
              + (network ? "" : ", or --did, or --host"));
    }
    if (collections.isEmpty() && !network) {
      throw misuse("--relay needs --collection NSID, or --network for everything");
    }
  }

  /** The services named here. */
  List<ServiceUrl> services() {
    return Stream.of(services("--relay", relays), services("--host", hosts), handleServices())
        .flatMap(List::stream)
        .toList();
  }

  /** The job that is asked for, with every handle in it resolved through {@code access}. */
  BackfillJob job(NetworkAccess access) throws InterruptedException {
    if (network) {
      return new BackfillJob.Network(services("--relay", relays), wanted());
    }
    if (!hosts.isEmpty()) {
      return new BackfillJob.Hosts(services("--host", hosts), wanted());
    }
    if (!repos.isEmpty()) {
      return reposJob(access);
    }
    return new BackfillJob.Collections(services("--relay", relays), wanted(), fallbackToHosts);
  }

  private BackfillJob reposJob(NetworkAccess access) throws InterruptedException {
    try {
      return new BackfillJob.Repos(access.names(handleServices()).resolve(repos), wanted());
    } catch (BadRepoNamesException e) {
      throw misuse("--did: " + e.getMessage());
    }
  }

  private Set<Nsid> wanted() {
    return Set.copyOf(parsed("--collection", collections, Nsid::parse));
  }

  private List<ServiceUrl> handleServices() {
    return services("--handles-from", handleServices);
  }

  private List<ServiceUrl> services(String option, List<String> texts) {
    return parsed(option, texts, ServiceUrl::parse);
  }

  private <T> List<T> parsed(String option, List<String> texts, Function<String, T> parse) {
    List<T> values = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    for (String text : texts) {
      try {
        values.add(parse.apply(text));
      } catch (InvalidSyntaxException e) {
        bad.add(e.getMessage());
      }
    }
    if (!bad.isEmpty()) {
      throw misuse(option + ": " + bad.stream().distinct().collect(Collectors.joining("; ")));
    }
    return values;
  }

  private ParameterException misuse(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}

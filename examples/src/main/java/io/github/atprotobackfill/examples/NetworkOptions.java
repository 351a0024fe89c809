package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcClientBuilder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the network is asked: by which directory, which addresses, how politely. */
final class NetworkOptions {

  private static final int HTTPS_PORT = 443;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--plc",
      paramLabel = "URL",
      description = "The directory of did:plc; default ${DEFAULT-VALUE}.")
  private ServiceUrl directory = DidResolvers.PUBLIC_DIRECTORY;

  @Option(
      names = "--allow-private-hosts",
      description =
          "Allow plain http, any port and private addresses: for networks of your own. Hosts are"
              + " named by strangers, so never on a machine with neighbours to protect.")
  private boolean allowPrivateHosts;

  @Option(
      names = "--max-rps-per-host",
      paramLabel = "N",
      description =
          "Ask one host at most N times a second; default 8, a directory 40."
              + " Its own limits hold too.")
  private @Nullable Double maxRpsPerHost;

  @Option(
      names = "--share-host-budgets",
      description =
          "Spend one budget of requests a host together with all processes that work on the same"
              + " database and say this, too: for several behind one IP address.")
  private boolean shareHostBudgets;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "Read N repos at once, over all hosts; default ${DEFAULT-VALUE}.")
  private int concurrency = BackfillBuilder.DEFAULT_CONCURRENCY;

  /** Refuses what cannot work, and services that these options would not let it reach. */
  void check(Collection<ServiceUrl> services) {
    if (maxRpsPerHost != null && !(maxRpsPerHost > 0)) {
      throw misuse("--max-rps-per-host must be more than 0: " + maxRpsPerHost);
    }
    if (concurrency < 1) {
      throw misuse("--concurrency must be at least 1: " + concurrency);
    }
    services.forEach(this::checkReachable);
    checkReachable(directory);
  }

  /** Reaches the network in this way. */
  NetworkAccess open() {
    XrpcClientBuilder building =
        XrpcClient.builder().allowPrivateHosts(allowPrivateHosts).hostPolicy(this::policy);
    StoredBudget budget = shareHostBudgets ? new StoredBudget() : null;
    if (budget != null) {
      building.sharedBudget(budget);
    }
    XrpcClient client = building.build();
    return new NetworkAccess(client, DidResolvers.standard(client, directory), concurrency, budget);
  }

  /** The commands to propose after one with these options: they ask hosts no more than it did. */
  NextCommands nextTo(Destination destination) {
    List<String> words = new ArrayList<>();
    if (!directory.equals(DidResolvers.PUBLIC_DIRECTORY)) {
      words.add("--plc " + directory);
    }
    if (allowPrivateHosts) {
      words.add("--allow-private-hosts");
    }
    if (maxRpsPerHost != null) {
      words.add(
          "--max-rps-per-host "
              + BigDecimal.valueOf(maxRpsPerHost).stripTrailingZeros().toPlainString());
    }
    if (shareHostBudgets) {
      words.add("--share-host-budgets");
    }
    return new NextCommands(destination.options(), String.join(" ", words));
  }

  private HostPolicy policy(ServiceUrl host) {
    if (maxRpsPerHost == null) {
      return host.equals(directory) ? HostPolicy.DIRECTORY : HostPolicy.DEFAULT;
    }
    int burst = (int) Math.max(1, Math.min(maxRpsPerHost, Integer.MAX_VALUE));
    return new HostPolicy(HostPolicy.DEFAULT.concurrency(), maxRpsPerHost, burst);
  }

  private void checkReachable(ServiceUrl service) {
    boolean odd = service.port() >= 0 && service.port() != HTTPS_PORT;
    if (!allowPrivateHosts && (odd || service.scheme().equals("http"))) {
      throw misuse(service + ": plain http and odd ports need --allow-private-hosts");
    }
  }

  private ParameterException misuse(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}

package io.github.atprotobackfill.source;

import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcParams;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that a relay knows, by its {@code listHosts}, each a source of its own.
 *
 * <p>Idle and offline hosts are kept: that a relay has lost sight of a host says nothing of whether
 * it answers us. Banned ones are left out.
 */
final class HostsSource implements RepoSource {

  private static final Nsid METHOD = Nsid.parse("com.atproto.sync.listHosts");
  private static final Pattern LOOPBACK =
      Pattern.compile("(.+\\.)?localhost|127(\\.[0-9]{1,3}){3}|\\[?::1]?");

  private final XrpcClient client;
  private final Listing listing;

  HostsSource(XrpcClient client, ServiceUrl relay) {
    this.client = client;
    this.listing = new Listing(client, relay, METHOD, "hosts", XrpcParams.none());
  }

  @Override
  public String id() {
    return SourceId.hosts(listing.service());
  }

  @Override
  public RepoPage page(@Nullable String cursor) throws InterruptedException {
    Set<ServiceUrl> hosts = new LinkedHashSet<>();
    Listing.Rest rest =
        listing.page(
            cursor,
            entry -> {
              Optional<ServiceUrl> host = host(entry);
              host.filter(known -> !"banned".equals(entry.get("status"))).ifPresent(hosts::add);
              return host.isPresent();
            });
    List<RepoSource> sources = new ArrayList<>();
    for (ServiceUrl host : hosts) {
      sources.add(ReposSource.ofHost(client, host));
    }
    return new RepoPage(List.of(), sources, rest.cursor(), rest.rejected());
  }

  private Optional<ServiceUrl> host(Map<String, String> entry) {
    String hostname = entry.get("hostname");
    if (hostname == null) {
      return Optional.empty();
    }
    try {
      ServiceUrl host = ServiceUrl.ofHostname(hostname);
      // As relays do, and DID documents of such hosts: "localhost" is spoken to without TLS.
      return Optional.of(
          client.allowsPrivateHosts() && LOOPBACK.matcher(host.host()).matches()
              ? new ServiceUrl("http", host.host(), host.port())
              : host);
    } catch (InvalidSyntaxException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return id();
  }
}

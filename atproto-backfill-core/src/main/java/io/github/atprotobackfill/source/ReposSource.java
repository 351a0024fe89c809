package io.github.atprotobackfill.source;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The repos that a host or a relay has, by its {@code listRepos}.
 *
 * <p>What a host says of its own active repos is taken: that they are there, and their rev. Of the
 * others it is the last to know, since it goes on listing accounts that moved away; and a relay
 * only passes on what it heard. Those are given by their DID, to be resolved afresh.
 */
final class ReposSource implements RepoSource {

  private static final Nsid METHOD = Nsid.parse("com.atproto.sync.listRepos");

  private final Listing listing;
  private final boolean atHost;

  private ReposSource(XrpcClient client, ServiceUrl service, boolean atHost) {
    this.listing = new Listing(client, service, METHOD, "repos", XrpcParams.none());
    this.atHost = atHost;
  }

  static ReposSource ofHost(XrpcClient client, ServiceUrl pds) {
    return new ReposSource(client, pds, true);
  }

  static ReposSource ofRelay(XrpcClient client, ServiceUrl relay) {
    return new ReposSource(client, relay, false);
  }

  @Override
  public String id() {
    return atHost ? SourceId.host(listing.service()) : SourceId.relayRepos(listing.service());
  }

  @Override
  public RepoPage page(@Nullable String cursor) throws InterruptedException {
    List<RepoRef> repos = new ArrayList<>();
    Listing.Rest rest =
        listing.page(
            cursor,
            entry -> {
              Optional<RepoRef> repo = repo(entry);
              repo.ifPresent(repos::add);
              return repo.isPresent();
            });
    return new RepoPage(repos, List.of(), rest.cursor(), rest.rejected());
  }

  private Optional<RepoRef> repo(Map<String, String> entry) {
    Optional<Did> did = Optional.ofNullable(entry.get("did")).flatMap(Did::tryParse);
    if (did.isEmpty()) {
      return Optional.empty();
    }
    // A missing "active" means that nothing is known against the account.
    if ("false".equals(entry.get("active"))) {
      return Optional.of(new RepoRef(did.get(), null, null, entry.get("status")));
    }
    Optional<Tid> rev = Optional.ofNullable(entry.get("rev")).flatMap(Tid::tryParse);
    if (entry.containsKey("rev") && rev.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        atHost
            ? new RepoRef(did.get(), listing.service(), rev.orElse(null), null)
            : RepoRef.of(did.get()));
  }

  @Override
  public String toString() {
    return id();
  }
}

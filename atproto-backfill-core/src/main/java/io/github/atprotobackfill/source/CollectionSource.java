package io.github.atprotobackfill.source;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The repos with records of one collection, by a relay's {@code listReposByCollection}. */
final class CollectionSource implements RepoSource {

  private static final Nsid METHOD = Nsid.parse("com.atproto.sync.listReposByCollection");

  private final Listing listing;
  private final Nsid collection;

  CollectionSource(XrpcClient client, ServiceUrl relay, Nsid collection) {
    XrpcParams params = XrpcParams.none().with("collection", collection.value());
    this.listing = new Listing(client, relay, METHOD, "repos", params);
    this.collection = collection;
  }

  @Override
  public String id() {
    return SourceId.collection(listing.service(), collection);
  }

  @Override
  public RepoPage page(@Nullable String cursor) throws InterruptedException {
    List<RepoRef> repos = new ArrayList<>();
    Listing.Rest rest =
        listing.page(
            cursor,
            entry -> {
              Optional<Did> did = Optional.ofNullable(entry.get("did")).flatMap(Did::tryParse);
              did.map(RepoRef::of).ifPresent(repos::add);
              return did.isPresent();
            });
    return new RepoPage(repos, List.of(), rest.cursor(), rest.rejected());
  }

  @Override
  public String toString() {
    return id();
  }
}

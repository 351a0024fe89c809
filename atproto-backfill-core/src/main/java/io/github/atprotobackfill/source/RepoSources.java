package io.github.atprotobackfill.source;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.util.List;

/**
 * The sources that come with the library (protocol: sync endpoints, pagination). Thread-safe.
 *
 * <p>What all of them promise: an empty page is not the end, only a missing cursor is; a page whose
 * cursor leads back to itself is refused (longer loops are for {@link PageWalk}); an entry that is
 * malformed is left out and counted in {@link RepoPage#rejected()}; a page that is not what the
 * protocol says is refused as a whole with an {@code INVALID_RESPONSE} that names host and method.
 */
public final class RepoSources {

  private final XrpcClient client;

  /** Sources that ask through {@code client}, which stays the caller's to close. */
  public RepoSources(XrpcClient client) {
    this.client = client;
  }

  /**
   * Repos with records of one collection, as a relay's {@code listReposByCollection} knows them: by
   * DID only, approximately, and never forgetting one.
   */
  public RepoSource collection(ServiceUrl relay, Nsid collection) {
    return new CollectionSource(client, relay, collection);
  }

  /** The active repos that a relay's {@code listRepos} knows, by DID; not the whole network. */
  public RepoSource relayRepos(ServiceUrl relay) {
    return ReposSource.ofRelay(client, relay);
  }

  /**
   * Every repo of one PDS by its {@code listRepos}: active ones with PDS and rev; inactive ones
   * with their status and neither, since an account that moved away is still listed where it was.
   */
  public RepoSource host(ServiceUrl pds) {
    return ReposSource.ofHost(client, pds);
  }

  /**
   * Every host a relay's {@code listHosts} knows (banned ones left out), each a source. Where
   * private hosts are allowed, loopback hosts are spoken to by plain http.
   */
  public RepoSource hosts(ServiceUrl relay) {
    return new HostsSource(client, relay);
  }

  /**
   * Given repos, a thousand a page. The source's id is a digest of the list, in its order; it
   * cannot be built again from it.
   */
  public static RepoSource fixed(List<Did> dids) {
    return new FixedSource(dids);
  }

  /**
   * The source with this {@link RepoSource#id()}, as one of the methods above built it.
   *
   * @throws IllegalArgumentException when it is no such id, or that of {@linkplain #fixed given
   *     repos}
   */
  public RepoSource ofId(String id) {
    int at = id.indexOf('@');
    if (at < 0) {
      throw new IllegalArgumentException("no source can be built from \"" + id + "\"");
    }
    try {
      return build(id.substring(0, at), ServiceUrl.parse(id.substring(at + 1)));
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("no source can be built from \"" + id + "\"", e);
    }
  }

  private RepoSource build(String listing, ServiceUrl service) {
    if (listing.startsWith(SourceId.COLLECTION)) {
      return collection(service, Nsid.parse(listing.substring(SourceId.COLLECTION.length())));
    }
    return switch (listing) {
      case SourceId.RELAY_REPOS -> relayRepos(service);
      case SourceId.HOST -> host(service);
      case SourceId.HOSTS -> hosts(service);
      default -> throw new IllegalArgumentException("there is no listing \"" + listing + "\"");
    };
  }
}

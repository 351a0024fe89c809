package io.github.atprotobackfill.source;

import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;

/** The sources that come with the library. */
public final class RepoSources {

  private final XrpcClient client;

  public RepoSources(XrpcClient client) {
    this.client = client;
  }

  /** Repos with records of one collection, as a relay's {@code listReposByCollection} knows them. */
  public RepoSource collection(ServiceUrl relay, Nsid collection) {
    throw new UnsupportedOperationException("" + client + relay + collection);
  }

  /** The active repos that a relay's {@code listRepos} knows; not the whole network. */
  public RepoSource relayRepos(ServiceUrl relay) {
    throw new UnsupportedOperationException("" + relay);
  }

  /** Every repo of one PDS by its {@code listRepos}, with PDS and rev, inactive ones included. */
  public RepoSource host(ServiceUrl pds) {
    throw new UnsupportedOperationException("" + pds);
  }

  /** Every host a relay's {@code listHosts} knows (banned ones left out), each a source. */
  public RepoSource hosts(ServiceUrl relay) {
    throw new UnsupportedOperationException("" + relay);
  }

  /** The source with this {@link RepoSource#id()}, as one of the methods above built it. */
  public RepoSource ofId(String id) {
    throw new UnsupportedOperationException(id);
  }
}

package io.github.atprotobackfill.source;

import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;

/**
 * The names of the library's sources, as they are stored: {@code <listing>[:<argument>]@<service>}.
 * None of the parts before the last can hold an {@code @}, and the service, which may hold a port,
 * comes last, so that a name is read in one way only.
 */
final class SourceId {

  static final String COLLECTION = "collection:";
  static final String RELAY_REPOS = "relay-repos";
  static final String HOST = "host";
  static final String HOSTS = "hosts";
  static final String FIXED = "dids:";

  private SourceId() {}

  static String collection(ServiceUrl relay, Nsid collection) {
    return COLLECTION + collection + "@" + relay;
  }

  static String relayRepos(ServiceUrl relay) {
    return RELAY_REPOS + "@" + relay;
  }

  static String host(ServiceUrl pds) {
    return HOST + "@" + pds;
  }

  static String hosts(ServiceUrl relay) {
    return HOSTS + "@" + relay;
  }

  static String fixed(String digest) {
    return FIXED + digest;
  }
}

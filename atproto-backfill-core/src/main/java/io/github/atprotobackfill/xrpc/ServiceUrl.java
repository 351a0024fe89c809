package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import java.net.URI;

/**
 * Where a service (PDS, relay, directory) is reached: scheme, host and port, never a path.
 *
 * <p>Being well-formed is not being allowed: plain http, odd ports and private addresses are
 * refused by {@link XrpcClient} unless it was built to allow them.
 *
 * @param scheme {@code http} or {@code https}
 * @param host lower-case host name or address literal
 * @param port the port, or -1 for the scheme's own
 */
public record ServiceUrl(String scheme, String host, int port) implements Comparable<ServiceUrl> {

  /**
   * The service URL that {@code text} is; one trailing slash is tolerated.
   *
   * @throws InvalidSyntaxException on user info, path, query, fragment, or another scheme
   */
  public static ServiceUrl parse(String text) {
    throw new UnsupportedOperationException(text);
  }

  /** The service at a bare host name as {@code listHosts} gives it, which may carry a port. */
  public static ServiceUrl ofHostname(String hostname) {
    throw new UnsupportedOperationException(hostname);
  }

  /** The name under which requests are budgeted: the host, with its port where it has one. */
  public String authority() {
    return port < 0 ? host : host + ":" + port;
  }

  /** The URI of {@code pathAndQuery}, which begins with a slash, at this service. */
  public URI resolve(String pathAndQuery) {
    return URI.create(this + pathAndQuery);
  }

  @Override
  public int compareTo(ServiceUrl other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}

package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a service (PDS, relay, directory) is reached: scheme, host and port, never a path.
 *
 * <p>Being well-formed is not being allowed: plain http, odd ports and private addresses are
 * refused by {@link XrpcClient} unless it was built to allow them.
 *
 * <p>The rules are those for a service endpoint in a DID document (AT Protocol, DID specification).
 * A host is a host name, an IPv4 address of four plain decimal numbers, or an IPv6 address in
 * brackets. Other spellings of an address, such as {@code 2130706433} or {@code 0x7f.1}, are not.
 *
 * @param scheme {@code http} or {@code https}
 * @param host host name or address literal; lower-cased
 * @param port the port, or -1 for the scheme's own, to which the scheme's own number is normalised
 */
public record ServiceUrl(String scheme, String host, int port) implements Comparable<ServiceUrl> {

  private static final String WHAT = "service URL";
  private static final String HTTP = "http";
  private static final String HTTPS = "https";
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int MAX_PORT = 65_535;

  private static final int MAX_LENGTH = 300;
  private static final Pattern FORM =
      Pattern.compile("(https?)://(\\[[^\\[\\]/?#@]*]|[^\\[\\]/?#@:]*)(?::([0-9]{1,5}))?/?");

  /** Throws {@link InvalidSyntaxException} when the parts are not those of a service URL. */
  public ServiceUrl {
    host = host.toLowerCase(Locale.ROOT);
    if (!(scheme.equals(HTTP) || scheme.equals(HTTPS)) || !HostSyntax.isValid(host)) {
      throw new InvalidSyntaxException(WHAT, scheme + "://" + host);
    }
    if (port != -1 && (port < 1 || port > MAX_PORT)) {
      throw new InvalidSyntaxException(WHAT, scheme + "://" + host + ":" + port);
    }
    port = port == (scheme.equals(HTTPS) ? HTTPS_PORT : HTTP_PORT) ? -1 : port;
  }

  /**
   * The service URL that {@code text} is; one trailing slash is tolerated.
   *
   * @throws InvalidSyntaxException on user info, path, query, fragment, or another scheme
   */
  public static ServiceUrl parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidSyntaxException(WHAT, text);
    }
    Matcher parts = FORM.matcher(withLowerCaseScheme(text));
    if (!parts.matches() || !HostSyntax.isValid(parts.group(2).toLowerCase(Locale.ROOT))) {
      throw new InvalidSyntaxException(WHAT, text);
    }
    return new ServiceUrl(parts.group(1), parts.group(2), port(parts.group(3)));
  }

  /**
   * The service at a bare host name as {@code listHosts} gives it, which may carry a port.
   *
   * <p>It is an https service, except on {@code localhost}, which relays name this way in
   * development only.
   *
   * @throws InvalidSyntaxException when it is not a host name
   */
  public static ServiceUrl ofHostname(String hostname) {
    if (hostname.endsWith("/")) {
      throw new InvalidSyntaxException("host name", hostname);
    }
    ServiceUrl service = parse(HTTPS + "://" + hostname);
    return service.host.equals("localhost") ? parse(HTTP + "://" + hostname) : service;
  }

  /** The service that an absolute URI is at, whatever its path. */
  static ServiceUrl of(URI uri) {
    @Nullable String authority = uri.getRawAuthority();
    if (uri.isOpaque() || uri.getScheme() == null || authority == null) {
      throw new InvalidSyntaxException("absolute URL", uri.toString());
    }
    return parse(uri.getScheme() + "://" + authority);
  }

  private static String withLowerCaseScheme(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? text
        : text.substring(0, colon).toLowerCase(Locale.ROOT) + text.substring(colon);
  }

  private static int port(@Nullable String digits) {
    return digits == null ? -1 : Integer.parseInt(digits);
  }

  /** The name under which requests are budgeted: the host, with its port where it has one. */
  public String authority() {
    return port < 0 ? host : host + ":" + port;
  }

  /** The URI of {@code pathAndQuery}, which begins with a slash, at this service. */
  public URI resolve(String pathAndQuery) {
    return URI.create(this + pathAndQuery);
  }

  boolean isHttps() {
    return scheme.equals(HTTPS);
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

package io.github.atprotobackfill.xrpc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a host in a URL may look like, in lower case (RFC 3986 §3.2.2, as narrow as {@link
 * java.net.URI} has it). Nothing here asks the DNS.
 */
final class HostSyntax {

  private static final int MAX_NAME = 253;
  private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  private static final String TOP_LABEL = "[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern NAME = Pattern.compile("(?:" + LABEL + "\\.)*" + TOP_LABEL + "\\.?");

  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile("(?:" + OCTET + "\\.){3}" + OCTET);
  private static final Pattern IPV6_CHARACTERS = Pattern.compile("\\[[0-9a-f:.]{2,45}]");

  private HostSyntax() {}

  static boolean isValid(String host) {
    return isName(host) || literal(host) != null;
  }

  private static boolean isName(String host) {
    return host.length() <= MAX_NAME && NAME.matcher(host).matches();
  }

  /** The address that {@code host} spells out; null when it is a name, or nothing. */
  static @Nullable InetAddress literal(String host) {
    boolean spelled = IPV4.matcher(host).matches() || IPV6_CHARACTERS.matcher(host).matches();
    if (!spelled) {
      return null;
    }
    try {
      // Both forms are parsed, never looked up: a bracketed text that is no address is refused.
      return InetAddress.getByName(host);
    } catch (UnknownHostException notAnAddress) {
      return null;
    }
  }
}

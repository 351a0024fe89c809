package io.github.atprotobackfill.xrpc;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Looks up the addresses of a host name; the JVM's own resolver, but for tests. */
@FunctionalInterface
interface HostResolver {

  /** The resolver that {@code HttpClient} uses, too, with the cache that both share. */
  HostResolver SYSTEM = InetAddress::getAllByName;

  InetAddress[] resolve(String host) throws UnknownHostException;
}

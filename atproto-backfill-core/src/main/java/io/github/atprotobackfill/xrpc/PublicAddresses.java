package io.github.atprotobackfill.xrpc;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells public unicast addresses from all others, by the special-purpose registries of the IANA
 * (RFC 6890 and its successors).
 */
final class PublicAddresses {

  private static final List<AddressRange> NOT_PUBLIC_IPV4 =
      ranges(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // carrier-grade NAT
          "127.0.0.0/8", // loopback
          "169.254.0.0/16", // link-local, and the metadata services of clouds
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarking
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4"); // reserved, and broadcast

  /** All of IPv6 that is assigned for global unicast; loopback, ULA and the like lie outside. */
  private static final AddressRange GLOBAL_IPV6 = AddressRange.of("2000::/3");

  private static final List<AddressRange> NOT_PUBLIC_IPV6 =
      ranges(
          "2001::/23", // protocol assignments: Teredo, benchmarking, ORCHID
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4, which wraps any IPv4 address
          "3fff::/20"); // documentation

  /** IPv4 as seen from IPv6-only networks: as public as the address in its last four bytes. */
  private static final AddressRange NAT64 = AddressRange.of("64:ff9b::/96");

  private static final int NAT64_PREFIX_BYTES = 12;
  private static final int IPV4_BYTES = 4;

  private PublicAddresses() {}

  static boolean contains(InetAddress address) {
    // IPv4-mapped IPv6 addresses are IPv4 addresses to InetAddress already.
    return contains(address.getAddress());
  }

  private static boolean contains(byte[] address) {
    if (address.length == IPV4_BYTES) {
      return isInNone(NOT_PUBLIC_IPV4, address);
    }
    if (NAT64.contains(address)) {
      return contains(Arrays.copyOfRange(address, NAT64_PREFIX_BYTES, address.length));
    }
    return GLOBAL_IPV6.contains(address) && isInNone(NOT_PUBLIC_IPV6, address);
  }

  private static boolean isInNone(List<AddressRange> ranges, byte[] address) {
    return ranges.stream().noneMatch(range -> range.contains(address));
  }

  private static List<AddressRange> ranges(String... texts) {
    return Stream.of(texts).map(AddressRange::of).toList();
  }
}

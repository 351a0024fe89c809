package io.github.atprotobackfill.xrpc;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A range of addresses as {@code 10.0.0.0/8} writes it.
 *
 * @param first the first address, 4 or 16 bytes
 * @param bits how many leading bits are the range's own
 */
record AddressRange(InetAddress first, int bits) {

  static AddressRange of(String text) {
    int slash = text.indexOf('/');
    try {
      // Always a literal of our own: nothing is looked up.
      InetAddress first = InetAddress.getByName(text.substring(0, slash));
      return new AddressRange(first, Integer.parseInt(text.substring(slash + 1)));
    } catch (UnknownHostException notALiteral) {
      throw new IllegalArgumentException(text, notALiteral);
    }
  }

  boolean contains(byte[] address) {
    byte[] prefix = first.getAddress();
    if (prefix.length != address.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (prefix[i] != address[i]) {
        return false;
      }
    }
    int mask = 0xff00 >> bits % Byte.SIZE & 0xff;
    return mask == 0 || ((prefix[whole] ^ address[whole]) & mask) == 0;
  }
}

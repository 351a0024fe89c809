package io.github.atprotobackfill.xrpc;

import java.nio.charset.StandardCharsets;

/**
 * The query parameters of one XRPC call, percent-encoded as they are added (protocol: XRPC
 * requests). Immutable; names keep the order in which they were added.
 *
 * <p>Everything but the unreserved characters of RFC 3986 is encoded, as UTF-8, a space as {@code
 * %20}: a cursor may hold any of {@code + / = : &} and must arrive as it came. An unpaired
 * surrogate, which UTF-8 cannot express, becomes a question mark.
 */
public final class XrpcParams {

  private static final XrpcParams NONE = new XrpcParams("");
  private static final String HEX = "0123456789ABCDEF";

  private final String query;

  private XrpcParams(String query) {
    this.query = query;
  }

  /** No parameters. */
  public static XrpcParams none() {
    return NONE;
  }

  /** These parameters and one more; a repeated name is an array. */
  public XrpcParams with(String name, String value) {
    StringBuilder longer = new StringBuilder(query.length() + name.length() + value.length() + 16);
    longer.append(query);
    if (longer.length() > 0) {
      longer.append('&');
    }
    encode(name, longer);
    longer.append('=');
    encode(value, longer);
    return new XrpcParams(longer.toString());
  }

  /** These parameters and one more number. */
  public XrpcParams with(String name, long value) {
    return with(name, Long.toString(value));
  }

  /** These parameters and one more boolean, as the word {@code true} or {@code false}. */
  public XrpcParams with(String name, boolean value) {
    return with(name, Boolean.toString(value));
  }

  private static void encode(String text, StringBuilder out) {
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (isUnreserved(octet)) {
        out.append((char) octet);
      } else {
        out.append('%').append(HEX.charAt((octet >> 4) & 0xf)).append(HEX.charAt(octet & 0xf));
      }
    }
  }

  private static boolean isUnreserved(byte octet) {
    return (octet >= 'a' && octet <= 'z')
        || (octet >= 'A' && octet <= 'Z')
        || (octet >= '0' && octet <= '9')
        || octet == '-'
        || octet == '.'
        || octet == '_'
        || octet == '~';
  }

  /** The encoded query without a leading question mark; empty when there are no parameters. */
  String query() {
    return query;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof XrpcParams params && query.equals(params.query);
  }

  @Override
  public int hashCode() {
    return query.hashCode();
  }

  /** The encoded query, for logs. */
  @Override
  public String toString() {
    return query;
  }
}

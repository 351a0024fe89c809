package io.github.atprotobackfill.xrpc;

/**
 * The query parameters of one XRPC call, percent-encoded as they are added (protocol: XRPC
 * requests). Immutable; names keep the order in which they were added.
 */
public final class XrpcParams {

  private static final XrpcParams NONE = new XrpcParams("");

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
    throw new UnsupportedOperationException(name + value);
  }

  /** These parameters and one more number. */
  public XrpcParams with(String name, long value) {
    return with(name, Long.toString(value));
  }

  /** The encoded query without a leading question mark; empty when there are no parameters. */
  String query() {
    return query;
  }
}

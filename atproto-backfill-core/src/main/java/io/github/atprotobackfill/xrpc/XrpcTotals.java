package io.github.atprotobackfill.xrpc;

/**
 * What a client exchanged since it was made.
 *
 * @param requests exchanges begun, retries and redirects counted each
 * @param bytes body bytes received, as on the wire
 */
public record XrpcTotals(long requests, long bytes) {}

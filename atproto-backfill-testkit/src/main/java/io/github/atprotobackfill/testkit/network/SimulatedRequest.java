package io.github.atprotobackfill.testkit.network;

/**
 * A request that a simulated host has answered, or chose not to.
 *
 * @param host who was asked
 * @param method the XRPC method, or {@link SimulatedHost#DID_DOCUMENT}
 * @param target path and query as they came
 * @param status the HTTP status given; 0 when there was no answer
 */
public record SimulatedRequest(SimulatedHost host, String method, String target, int status) {}

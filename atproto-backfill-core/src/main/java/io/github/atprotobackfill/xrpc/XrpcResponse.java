package io.github.atprotobackfill.xrpc;

/**
 * A successful answer, held in memory.
 *
 * @param servedBy the service that answered, after redirects
 * @param body the decompressed body; not copied, treat as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // Bodies are large, and handed on once.
public record XrpcResponse(ServiceUrl servedBy, byte[] body) {}

package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.net.URI;

/** Fetches DID documents over HTTP, and tells apart why one is missing. */
final class DidDocumentSource {

  /** The largest document taken, in bytes; real ones have about one thousand. */
  static final long MAX_BYTES = 256 * 1024;

  private static final int HTTP_NOT_FOUND = 404;
  private static final int HTTP_GONE = 410;
  // The reference directory answers 404 for a tombstone too; only its words differ.
  private static final String TOMBSTONE_WORDS = "DID not available";

  private final XrpcClient client;

  DidDocumentSource(XrpcClient client) {
    this.client = client;
  }

  DidDocument fetch(Did did, URI address) throws InterruptedException {
    try {
      return DidDocumentParser.parse(did, client.get(address, MAX_BYTES));
    } catch (XrpcException e) {
      throw new DidResolutionException(kind(e), did + ": " + e.getMessage(), e);
    }
  }

  private static ErrorKind kind(XrpcException e) {
    if (e.status() == HTTP_GONE) {
      return ErrorKind.DID_TOMBSTONED;
    }
    if (e.status() == HTTP_NOT_FOUND) {
      return String.valueOf(e.getMessage()).contains(TOMBSTONE_WORDS)
          ? ErrorKind.DID_TOMBSTONED
          : ErrorKind.DID_NOT_FOUND;
    }
    return e.kind() == ErrorKind.RESPONSE_TOO_LARGE ? ErrorKind.DID_DOCUMENT_INVALID : e.kind();
  }
}

package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks {@code https://<handle>/.well-known/atproto-did}; redirects are not followed. */
final class WellKnownHandleLookup implements HandleLookup {

  private static final String PATH = "/.well-known/atproto-did";
  private static final long MAX_BYTES = 2048;

  private final XrpcClient client;

  WellKnownHandleLookup(XrpcClient client) {
    this.client = client;
  }

  @Override
  public Optional<Did> find(Handle handle) throws InterruptedException {
    ServiceUrl host = new ServiceUrl("https", handle.value(), -1);
    try {
      byte[] body = client.get(host.resolve(PATH), MAX_BYTES).body();
      // Hosts that answer every path with a page of theirs are common: that names no DID.
      return Did.tryParse(new String(body, StandardCharsets.UTF_8).strip());
    } catch (XrpcException e) {
      if (HandleLookup.isNo(e)) {
        return Optional.empty();
      }
      throw new DidResolutionException(e.kind(), handle + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "HTTPS";
  }
}

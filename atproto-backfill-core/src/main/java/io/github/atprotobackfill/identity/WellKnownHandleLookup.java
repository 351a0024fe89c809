package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/** Asks {@code https://<handle>/.well-known/atproto-did}; redirects are not followed. */
final class WellKnownHandleLookup implements HandleLookup {

  private static final String PATH = "/.well-known/atproto-did";
  private static final long MAX_BYTES = 2048;

  private final XrpcClient client;
  private final Function<Handle, ServiceUrl> host;

  WellKnownHandleLookup(XrpcClient client) {
    this(client, handle -> new ServiceUrl("https", handle.value(), -1));
  }

  /** Asks {@code host} of a handle, which in the protocol is the host of that very name. */
  WellKnownHandleLookup(XrpcClient client, Function<Handle, ServiceUrl> host) {
    this.client = client;
    this.host = host;
  }

  @Override
  public Optional<Did> find(Handle handle) throws InterruptedException {
    try {
      byte[] body = client.get(host.apply(handle).resolve(PATH), MAX_BYTES).body();
      return Did.tryParse(new String(body, StandardCharsets.UTF_8).strip());
    } catch (XrpcException e) {
      if (HandleLookup.isNo(e) || isNoFile(e.kind())) {
        return Optional.empty();
      }
      throw new DidResolutionException(e.kind(), handle + ": " + e.getMessage(), e);
    }
  }

  /**
   * A handle need not be a host, and a host may answer every path with a page of its own: neither
   * names a DID. (Whether the name servers answer at all is for the look-up in DNS to say.)
   */
  private static boolean isNoFile(ErrorKind kind) {
    return kind == ErrorKind.DNS || kind == ErrorKind.RESPONSE_TOO_LARGE;
  }

  @Override
  public String toString() {
    return "HTTPS";
  }
}

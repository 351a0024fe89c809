package io.github.atprotobackfill.identity;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import io.github.atprotobackfill.xrpc.XrpcParams;
import io.github.atprotobackfill.xrpc.XrpcResponse;
import java.io.IOException;
import java.util.Optional;

/** Asks one service by {@code com.atproto.identity.resolveHandle}. */
final class ServiceHandleLookup implements HandleLookup {

  private static final Nsid METHOD = Nsid.parse("com.atproto.identity.resolveHandle");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final XrpcClient client;
  private final ServiceUrl service;

  ServiceHandleLookup(XrpcClient client, ServiceUrl service) {
    this.client = client;
    this.service = service;
  }

  @Override
  public Optional<Did> find(Handle handle) throws InterruptedException {
    try {
      XrpcParams params = XrpcParams.none().with("handle", handle.value());
      return Optional.of(did(client.query(service, METHOD, params)));
    } catch (XrpcException e) {
      if (HandleLookup.isNo(e)) {
        return Optional.empty();
      }
      throw new DidResolutionException(e.kind(), handle + ": " + e.getMessage(), e);
    }
  }

  private Did did(XrpcResponse answer) {
    try {
      return Optional.ofNullable(JSON.readTree(answer.body()).path("did").textValue())
          .flatMap(Did::tryParse)
          .orElseThrow(() -> XrpcException.invalidResponse(service, METHOD, "names no DID", null));
    } catch (IOException e) {
      throw XrpcException.invalidResponse(service, METHOD, "not JSON", e);
    }
  }

  @Override
  public String toString() {
    return service.toString();
  }
}

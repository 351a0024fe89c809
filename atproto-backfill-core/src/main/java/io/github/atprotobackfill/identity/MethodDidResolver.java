package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import java.util.Map;

/** Hands each DID to the resolver of its method. */
final class MethodDidResolver implements DidResolver {

  private final Map<String, DidResolver> byMethod;

  MethodDidResolver(Map<String, DidResolver> byMethod) {
    this.byMethod = Map.copyOf(byMethod);
  }

  @Override
  public DidDocument resolve(Did did) throws InterruptedException {
    DidResolver resolver = byMethod.get(did.method());
    if (resolver == null) {
      throw new DidResolutionException(
          ErrorKind.DID_UNSUPPORTED,
          did + ": AT Protocol does not use the DID method " + did.method(),
          null);
    }
    return resolver.resolve(did);
  }
}

package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.util.Map;

/** The ways to resolve DIDs that AT Protocol blesses: {@code did:plc} and {@code did:web}. */
public final class DidResolvers {

  /** The public directory of {@code did:plc}. */
  public static final ServiceUrl PUBLIC_DIRECTORY = new ServiceUrl("https", "plc.directory", -1);

  private DidResolvers() {}

  /** {@code did:plc} by the public directory and {@code did:web}, cached in memory. */
  public static DidResolver standard(XrpcClient client) {
    return standard(client, PUBLIC_DIRECTORY);
  }

  /**
   * {@code did:plc} by {@code directory} and {@code did:web}, cached in memory with the defaults of
   * {@link CachingDidResolver}.
   */
  public static DidResolver standard(XrpcClient client, ServiceUrl directory) {
    return CachingDidResolver.builder(uncached(client, directory)).build();
  }

  /**
   * {@code did:plc} by {@code directory} and {@code did:web}, each asked anew every time: what a
   * cache is put before.
   */
  public static DidResolver uncached(XrpcClient client, ServiceUrl directory) {
    return new MethodDidResolver(
        Map.of(
            PlcDidResolver.METHOD, new PlcDidResolver(client, directory),
            WebDidResolver.METHOD, new WebDidResolver(client)));
  }
}

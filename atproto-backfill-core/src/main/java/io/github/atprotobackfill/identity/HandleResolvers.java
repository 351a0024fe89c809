package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.util.ArrayList;
import java.util.List;

/**
 * The ways to resolve handles. All of them refuse reserved top-level domains ({@code .test} unless
 * the client may call private hosts) and believe an answer only when the DID's document claims the
 * handle.
 */
public final class HandleResolvers {

  private HandleResolvers() {}

  /**
   * Asks DNS, then {@code https://<handle>/.well-known/atproto-did}. A DNS look-up cannot be
   * interrupted; it gives up within three seconds for each name server of the system. Redirects of
   * the second are not followed.
   *
   * @param client how hosts are called
   * @param dids where the claim in the DID's document is looked up
   */
  public static HandleResolver standard(XrpcClient client, DidResolver dids) {
    return asking(List.of(), client, dids);
  }

  /**
   * Asks these services, in order, by {@code com.atproto.identity.resolveHandle}, and then as
   * {@link #standard} does: for networks of one's own whose handles are in no DNS.
   *
   * @param services PDSes or relays
   * @param client how hosts are called
   * @param dids where the claim in the DID's document is looked up
   */
  public static HandleResolver asking(
      List<ServiceUrl> services, XrpcClient client, DidResolver dids) {
    List<HandleLookup> lookups = new ArrayList<>();
    services.forEach(service -> lookups.add(new ServiceHandleLookup(client, service)));
    lookups.add(new DnsHandleLookup(new JndiTxtRecords()));
    lookups.add(new WellKnownHandleLookup(client));
    return new StandardHandleResolver(lookups, dids, client.allowsPrivateHosts());
  }
}

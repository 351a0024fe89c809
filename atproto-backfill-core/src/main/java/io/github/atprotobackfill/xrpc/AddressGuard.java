package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Keeps requests from going to places that only we can reach: hosts come from DID documents and
 * redirects, that is, from strangers (server-side request forgery).
 */
interface AddressGuard {

  /** Lets every host pass: for tests and networks of one's own. */
  AddressGuard OPEN = (call, within) -> {};

  /**
   * Checks where the host of a call is at this moment: once right before it is sent, and once more
   * before anything of the answer is used.
   *
   * @param within how long looking up the name may take
   * @throws XrpcException with {@link ErrorKind#BLOCKED_ADDRESS}, {@link ErrorKind#DNS}, or {@link
   *     ErrorKind#TIMEOUT}
   */
  void check(Call call, Duration within) throws InterruptedException;

  /**
   * Only https, only on port 443, only to names and literals of public addresses; a name of which
   * one address is not public is refused as a whole.
   *
   * <p>What remains possible: {@code HttpClient} on Java 17 has no hook between its own look-up and
   * the connection, so the name is looked up here first, through the cache of the JVM that the
   * client looks in as well. A name that changes its address in between, when that cache has just
   * let go of it (after 30 seconds by default), can make us open a TCP connection to port 443 of a
   * private address and send a TLS hello there. It cannot make us send a request, unless the
   * machine there holds a certificate, valid to this JVM, for the stranger's name; and if it did,
   * the second look-up would most likely see the private address and discard the answer. Who must
   * exclude even the connection puts a filtering proxy, or a firewall, between this JVM and the
   * private network. The check is void when the {@code HttpClient} that was handed in goes through
   * a proxy, which looks names up itself.
   */
  final class PublicHttpsOnly implements AddressGuard {

    private final NameLookup names;

    PublicHttpsOnly(NameLookup names) {
      this.names = names;
    }

    @Override
    public void check(Call call, Duration within) throws InterruptedException {
      checkSpelling(call);
      try {
        checkAddresses(call, names.within(call.service().host(), within));
      } catch (UnknownHostException unknown) {
        throw noAddress(call, unknown);
      } catch (TimeoutException late) {
        throw call.failure(ErrorKind.TIMEOUT, "the name server did not answer in time", 0, late);
      }
    }

    private static void checkSpelling(Call call) {
      ServiceUrl service = call.service();
      if (!service.isHttps()) {
        throw blocked(call, "plain http is not allowed");
      }
      if (service.port() != -1) {
        throw blocked(call, "no other port than 443 is allowed");
      }
      String host = service.host();
      if (HostSyntax.literal(host) == null && isLocalName(host)) {
        throw blocked(call, "not the full name of a public host");
      }
    }

    /** A trailing dot makes a second spelling of every name, so it is refused with these. */
    private static boolean isLocalName(String host) {
      return host.indexOf('.') < 0 || host.endsWith(".") || host.endsWith(".localhost");
    }

    private static void checkAddresses(Call call, InetAddress[] addresses) {
      for (InetAddress address : addresses) {
        if (!PublicAddresses.contains(address)) {
          // The address itself is not shown: it would tell a stranger how our network is laid out.
          throw blocked(call, "leads to an address that is not public");
        }
      }
    }

    private static XrpcException blocked(Call call, String why) {
      return call.failure(ErrorKind.BLOCKED_ADDRESS, why, 0, null);
    }

    private static XrpcException noAddress(Call call, UnknownHostException unknown) {
      return call.failure(ErrorKind.DNS, "the host name has no address", 0, unknown);
    }
  }
}

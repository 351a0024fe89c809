package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks the host that a {@code did:web} names, in the form that AT Protocol allows: a host name and
 * nothing else, except for {@code localhost%3A<port>} (by plain http) where the client may call
 * private hosts.
 *
 * @see <a href="https://atproto.com/specs/did">DID specification</a>
 */
final class WebDidResolver implements DidResolver {

  static final String METHOD = "web";

  private static final String DOCUMENT = "/.well-known/did.json";
  private static final Pattern LOCALHOST = Pattern.compile("localhost(?:%3[Aa]([1-9][0-9]{0,4}))?");
  private static final int MAX_PORT = 65_535;

  private final DidDocumentSource documents;
  private final boolean privateHosts;

  WebDidResolver(XrpcClient client) {
    this.documents = new DidDocumentSource(client);
    this.privateHosts = client.allowsPrivateHosts();
  }

  @Override
  public DidDocument resolve(Did did) throws InterruptedException {
    return documents.fetch(did, host(did).resolve(DOCUMENT));
  }

  private ServiceUrl host(Did did) {
    Matcher local = LOCALHOST.matcher(did.identifier());
    return local.matches() ? localhost(did, local.group(1)) : domain(did);
  }

  private ServiceUrl localhost(Did did, @Nullable String port) {
    if (!privateHosts) {
      throw unsupported(did, "private hosts are not allowed");
    }
    int number = port == null ? -1 : Integer.parseInt(port);
    if (number > MAX_PORT) {
      throw unsupported(did, "there is no port " + number);
    }
    return new ServiceUrl("http", "localhost", number);
  }

  private ServiceUrl domain(Did did) {
    // A handle is exactly a host name that is no address: at least two labels, no numeric last one.
    Handle host =
        Handle.tryParse(did.identifier())
            .orElseThrow(() -> unsupported(did, "not a plain host name"));
    Optional<String> reserved = ReservedDomains.of(host, privateHosts);
    if (reserved.isPresent()) {
      throw unsupported(did, "." + reserved.get() + " is reserved");
    }
    return new ServiceUrl("https", host.value(), -1);
  }

  private static DidResolutionException unsupported(Did did, String why) {
    return new DidResolutionException(ErrorKind.DID_UNSUPPORTED, did + ": " + why, null);
  }
}

package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.util.regex.Pattern;

/**
 * Asks a PLC directory.
 *
 * @see <a href="https://web.plc.directory/spec/v0.1/did-plc">did:plc specification</a>
 */
final class PlcDidResolver implements DidResolver {

  static final String METHOD = "plc";

  private static final Pattern IDENTIFIER = Pattern.compile("[a-z2-7]{24}");

  private final DidDocumentSource documents;
  private final ServiceUrl directory;

  PlcDidResolver(XrpcClient client, ServiceUrl directory) {
    this.documents = new DidDocumentSource(client);
    this.directory = directory;
  }

  @Override
  public DidDocument resolve(Did did) throws InterruptedException {
    if (!IDENTIFIER.matcher(did.identifier()).matches()) {
      throw new DidResolutionException(
          ErrorKind.DID_UNSUPPORTED, did + ": a did:plc has 24 characters of a-z and 2-7", null);
    }
    return documents.fetch(did, directory.resolve("/" + did));
  }
}

package io.github.atprotobackfill.testkit.network;

import java.util.Optional;

/** The PLC directory (protocol: did:plc): a document a DID. */
final class DirectoryService implements Service {

  private final World world;
  private final DidDocuments documents;

  DirectoryService(World world, DidDocuments documents) {
    this.world = world;
    this.documents = documents;
  }

  @Override
  public String method(HttpRequest request) {
    return request.path().startsWith("/did:") ? SimulatedHost.DID_DOCUMENT : request.path();
  }

  @Override
  public HttpAnswer answer(HttpRequest request) {
    if (request.path().equals("/_health")) {
      return HttpAnswer.json("{\"version\":\"0.0.0-simulated\"}");
    }
    return world.read(() -> document(request.path().substring(1)));
  }

  private HttpAnswer document(String did) {
    int number = did.startsWith("did:plc:") ? world.population.account(did) : -1;
    Optional<Account> account = number < 0 ? Optional.empty() : Optional.of(world.account(number));
    if (account.isPresent() && account.get().status() == AccountStatus.TOMBSTONED) {
      // The reference server says 404 here, the directory's own description 410.
      int status = documents.legacy() ? 404 : 410;
      return HttpAnswer.directoryError(status, "DID not available: " + did);
    }
    return account
        .flatMap(documents::of)
        .map(document -> HttpAnswer.of(200, DidDocuments.CONTENT_TYPE, document))
        .orElseGet(() -> HttpAnswer.directoryError(404, "DID not registered: " + did));
  }
}

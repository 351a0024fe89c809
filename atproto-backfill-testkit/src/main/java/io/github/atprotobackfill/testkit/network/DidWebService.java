package io.github.atprotobackfill.testkit.network;

/** Serves the document of one {@code did:web} (protocol: did:web, host names without a path). */
final class DidWebService implements Service {

  private static final String PATH = "/.well-known/did.json";

  private final World world;
  private final DidDocuments documents;
  private final String did;

  DidWebService(World world, DidDocuments documents, String did) {
    this.world = world;
    this.documents = documents;
    this.did = did;
  }

  @Override
  public String method(HttpRequest request) {
    return request.path().equals(PATH) ? SimulatedHost.DID_DOCUMENT : request.path();
  }

  @Override
  public HttpAnswer answer(HttpRequest request) {
    if (!request.path().equals(PATH)) {
      return HttpAnswer.notFound(request);
    }
    return world.read(
        () ->
            documents
                .of(world.account(world.population.account(did)))
                .map(document -> HttpAnswer.of(200, "application/json", document))
                .orElseGet(() -> HttpAnswer.notFound(request)));
  }
}

package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A personal data server: one host's repos, read as the reference implementation gives them. */
final class PdsService implements Service {

  private static final int MOST_RECORDS = 100;
  private static final int MOST_REPOS = 1000;

  private final World world;
  private final Repos repos;
  private final DidDocuments documents;
  private final BlockOrder order;
  private final int host;
  private final ServiceUrl url;

  PdsService(
      World world,
      Repos repos,
      DidDocuments documents,
      BlockOrder order,
      int host,
      ServiceUrl url) {
    this.world = world;
    this.repos = repos;
    this.documents = documents;
    this.order = order;
    this.host = host;
    this.url = url;
  }

  @Override
  public String method(HttpRequest request) {
    return request.path().startsWith(XrpcCall.PATH)
        ? request.path().substring(XrpcCall.PATH.length())
        : request.path();
  }

  @Override
  public HttpAnswer answer(HttpRequest request) {
    if (!request.path().startsWith(XrpcCall.PATH)) {
      return HttpAnswer.notFound(request);
    }
    XrpcCall call = new XrpcCall(method(request), request);
    Function<XrpcCall, HttpAnswer> endpoint = endpoint(call.method());
    if (!request.verb().equals("GET")) {
      throw Refusal.invalid("Incorrect HTTP method (" + request.verb() + ") expected GET");
    }
    return world.read(() -> endpoint.apply(call));
  }

  private Function<XrpcCall, HttpAnswer> endpoint(String method) {
    return switch (method) {
      case "com.atproto.repo.listRecords" -> this::listRecords;
      case "com.atproto.repo.getRecord" -> this::getRecord;
      case "com.atproto.repo.describeRepo" -> this::describeRepo;
      case "com.atproto.sync.listRepos" -> this::listRepos;
      case "com.atproto.sync.getRepo" -> this::getRepo;
      case "com.atproto.sync.getLatestCommit" -> this::getLatestCommit;
      case "com.atproto.sync.getRepoStatus" -> this::getRepoStatus;
      case "com.atproto.identity.resolveHandle" -> this::resolveHandle;
      case "com.atproto.server.describeServer" -> call -> describeServer();
      case "_health" -> call -> HttpAnswer.json("{\"version\":\"0.0.0-simulated\"}");
      default -> throw Refusal.invalid("No service configured for " + method);
    };
  }

  private HttpAnswer listRecords(XrpcCall call) {
    String repo = call.atIdentifier("repo");
    String collection = call.nsid("collection");
    int limit = call.limit(50, MOST_RECORDS);
    boolean ascending = call.flag("reverse");
    Account account =
        servedHere(repo).orElseThrow(() -> Refusal.invalid("Could not find repo: " + repo));
    List<StoredRecord> page =
        world
            .content(account, collection)
            .page(call.optional("cursor").orElse(null), limit, ascending);
    String prefix = "at://" + world.population.did(account.number) + "/" + collection + "/";
    ByteWriter json = new ByteWriter(64 + page.size() * 512);
    json.text("{\"records\":[");
    for (int i = 0; i < page.size(); i++) {
      json.text(i == 0 ? "" : ",");
      writeRecord(json, prefix, page.get(i));
    }
    json.text("]");
    if (!page.isEmpty()) {
      json.text(",\"cursor\":\"").text(page.get(page.size() - 1).rkey()).text("\"");
    }
    return HttpAnswer.json(json.text("}").toByteArray());
  }

  private HttpAnswer getRecord(XrpcCall call) {
    String repo = call.atIdentifier("repo");
    String collection = call.nsid("collection");
    String rkey = call.required("rkey");
    Account account =
        servedHere(repo).orElseThrow(() -> Refusal.invalid("Could not locate record"));
    String prefix = "at://" + world.population.did(account.number) + "/" + collection + "/";
    StoredRecord record =
        world
            .content(account, collection)
            .get(rkey)
            .orElseThrow(
                () ->
                    new Refusal(
                        HttpAnswer.error(
                            400, "RecordNotFound", "Could not locate record: " + prefix + rkey)));
    ByteWriter json = new ByteWriter(512);
    writeRecord(json, prefix, record);
    return HttpAnswer.json(json.toByteArray());
  }

  private static void writeRecord(ByteWriter json, String uriPrefix, StoredRecord record) {
    json.text("{\"uri\":\"").text(uriPrefix).text(record.rkey());
    json.text("\",\"cid\":\"").text(record.cid());
    json.text("\",\"value\":").put(record.json()).text("}");
  }

  private HttpAnswer describeRepo(XrpcCall call) {
    String repo = call.atIdentifier("repo");
    Account account = activeHere(number(repo), repo);
    List<String> collections = new ArrayList<>();
    for (String collection : world.collections(account)) {
      if (!world.content(account, collection).isEmpty()) {
        collections.add(HttpAnswer.quote(collection));
      }
    }
    collections.sort(null);
    String did = world.population.did(account.number);
    String document =
        documents.of(account).orElseThrow(() -> Refusal.invalid("Could not resolve DID: " + did));
    return HttpAnswer.json(
        "{\"handle\":\""
            + world.population.handle(account.number)
            + "\",\"did\":\""
            + did
            + "\",\"didDoc\":"
            + document
            + ",\"collections\":["
            + String.join(",", collections)
            + "],\"handleIsCorrect\":true}");
  }

  private HttpAnswer listRepos(XrpcCall call) {
    int limit = call.limit(500, MOST_REPOS);
    RepoListing listing = new RepoListing(world, repos, host);
    return HttpAnswer.json(listing.page(call.optional("cursor").orElse(null), limit));
  }

  /** The repo is read when it is sent, long after the world may have moved on. */
  private HttpAnswer getRepo(XrpcCall call) {
    String did = call.did("did");
    long since = call.optional("since").map(rev -> TidText.number(call.tid("since"))).orElse(0L);
    Account account = activeHere(number(did), did);
    return HttpAnswer.car(RepoExport.of(repos, world.freeze(account), order, since));
  }

  private HttpAnswer getLatestCommit(XrpcCall call) {
    String did = call.did("did");
    Account account = activeHere(number(did), did);
    return HttpAnswer.json(
        "{\"cid\":\"" + repos.head(account) + "\",\"rev\":\"" + world.rev(account) + "\"}");
  }

  private HttpAnswer getRepoStatus(XrpcCall call) {
    String did = call.did("did");
    Account account = knownHere(number(did), did);
    String rest =
        account.at(host) == Account.Hosting.ACTIVE
            ? "\"active\":true,\"rev\":\"" + world.rev(account) + "\""
            : "\"active\":false,\"status\":\"" + account.inactiveWord(host) + "\"";
    return HttpAnswer.json("{\"did\":\"" + did + "\"," + rest + "}");
  }

  private HttpAnswer resolveHandle(XrpcCall call) {
    String handle = call.required("handle");
    int number = world.population.accountOfHandle(handle);
    if (number < 0 || world.account(number).at(host) == Account.Hosting.ABSENT) {
      throw Refusal.invalid("Unable to resolve handle");
    }
    return HttpAnswer.json("{\"did\":\"" + world.population.did(number) + "\"}");
  }

  private HttpAnswer describeServer() {
    return HttpAnswer.json(
        "{\"did\":\"did:web:"
            + url.host()
            + "%3A"
            + url.port()
            + "\",\"availableUserDomains\":[\".sim.test\"],\"inviteCodeRequired\":false,"
            + "\"blobUploadLimit\":5242880,"
            + "\"links\":{},\"contact\":{}}");
  }

  private int number(String didOrHandle) {
    return didOrHandle.startsWith("did:")
        ? world.population.account(didOrHandle)
        : world.population.accountOfHandle(didOrHandle);
  }

  private Optional<Account> servedHere(String didOrHandle) {
    int number = number(didOrHandle);
    return number < 0
        ? Optional.empty()
        : Optional.of(world.account(number))
            .filter(account -> account.at(host) == Account.Hosting.ACTIVE);
  }

  private Account knownHere(int number, String name) {
    if (number < 0 || world.account(number).at(host) == Account.Hosting.ABSENT) {
      throw new Refusal(
          HttpAnswer.error(400, "RepoNotFound", "Could not find repo for DID: " + name));
    }
    return world.account(number);
  }

  private Account activeHere(int number, String name) {
    Account account = knownHere(number, name);
    if (account.at(host) == Account.Hosting.INACTIVE) {
      String word = account.inactiveWord(host);
      String error = "Repo" + Character.toUpperCase(word.charAt(0)) + word.substring(1);
      throw new Refusal(HttpAnswer.error(400, error, "Repo has been " + word + ": " + name));
    }
    return account;
  }
}

package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.Nsid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A relay and its collection directory, answering as Bluesky's own do. */
final class RelayService implements Service {

  private static final int MOST_BY_COLLECTION = 10_000;
  private static final int MOST = 1000;

  private final World world;
  private final Repos repos;
  private final List<SimulatedHost> hosts;

  RelayService(World world, Repos repos, List<SimulatedHost> hosts) {
    this.world = world;
    this.repos = repos;
    this.hosts = hosts;
  }

  @Override
  public String method(HttpRequest request) {
    return request.path().startsWith(XrpcCall.PATH)
        ? request.path().substring(XrpcCall.PATH.length())
        : request.path();
  }

  @Override
  public HttpAnswer answer(HttpRequest request) {
    XrpcCall call = new XrpcCall(method(request), request);
    return switch (call.method()) {
      case "com.atproto.sync.listReposByCollection" -> world.read(() -> byCollection(call));
      case "com.atproto.sync.listRepos" -> world.read(() -> listRepos(call));
      case "com.atproto.sync.listHosts" -> world.read(() -> listHosts(call));
      case "com.atproto.sync.getRepoStatus" -> world.read(() -> getRepoStatus(call));
      case "com.atproto.sync.getLatestCommit" -> world.read(() -> getLatestCommit(call));
      case "_health" -> HttpAnswer.json("{\"status\":\"ok\"}");
      default -> HttpAnswer.error(404, "NotFound", "Not Found");
    };
  }

  /**
   * In the order of first sight, and never forgotten: accounts that went away since, or deleted all
   * they had, stay. The cursor stands wherever the page is full.
   */
  private HttpAnswer byCollection(XrpcCall call) {
    String collection = call.optional("collection").orElse("");
    if (Nsid.tryParse(collection).isEmpty()) {
      return HttpAnswer.of(
          400, "text/plain; charset=UTF-8", "bad collection nsid, " + collection + "\n");
    }
    int limit = Math.min(clampedLimit(call), MOST_BY_COLLECTION);
    long position = call.optional("cursor").map(RelayService::position).orElse(0L);
    int size = world.population.size();
    List<Integer> late = world.lateSightings(collection);
    List<String> rows = new ArrayList<>();
    while (rows.size() < limit && position < size + late.size()) {
      int number =
          position < size
              ? world.population.seenByRelay(position)
              : late.get((int) (position - size));
      if (position >= size || world.seenAtFirst(number, collection)) {
        rows.add("{\"did\":\"" + world.population.did(number) + "\"}");
      }
      position++;
    }
    return page(
        "repos", rows, rows.size() == limit ? Optional.of(cursor(position)) : Optional.empty());
  }

  private static int clampedLimit(XrpcCall call) {
    String limit = call.optional("limit").orElse("500");
    if (!limit.matches("-?\\d{1,9}")) {
      throw new Refusal(HttpAnswer.error(500, "InternalServerError", "Internal Server Error"));
    }
    return Math.max(1, Integer.parseInt(limit));
  }

  private static String cursor(long position) {
    byte[] text = ("@" + position).getBytes(StandardCharsets.US_ASCII);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
  }

  private static long position(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      return Math.max(0, Long.parseLong(text.substring(1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
      throw new Refusal(HttpAnswer.error(400, "BadRequest", "invalid cursor"));
    }
  }

  /** Active accounts alone, by the relay's own numbers. */
  private HttpAnswer listRepos(XrpcCall call) {
    int limit = strictLimit(call, 500);
    long position = numberedCursor(call);
    List<String> rows = new ArrayList<>();
    while (rows.size() < limit && position < world.population.size()) {
      Account account = world.account(world.population.seenByRelay(position));
      if (account.at(account.home()) == Account.Hosting.ACTIVE) {
        rows.add(
            "{\"active\":true,\"did\":\""
                + world.population.did(account.number)
                + "\",\"head\":\""
                + repos.head(account)
                + "\",\"rev\":\""
                + world.rev(account)
                + "\"}");
      }
      position++;
    }
    return page(
        "repos",
        rows,
        rows.size() == limit ? Optional.of(Long.toString(position)) : Optional.empty());
  }

  private HttpAnswer listHosts(XrpcCall call) {
    int limit = strictLimit(call, 200);
    int first = (int) Math.min(numberedCursor(call), hosts.size());
    int end = Math.min(hosts.size(), first + limit);
    List<String> rows = new ArrayList<>();
    for (int k = first; k < end; k++) {
      rows.add(
          "{\"accountCount\":"
              + accounts(k)
              + ",\"hostname\":\""
              + hosts.get(k).url().authority()
              + "\",\"seq\":"
              + (k + 1)
              + ",\"status\":\""
              + (hosts.get(k).isListening() ? "active" : "offline")
              + "\"}");
    }
    return page(
        "hosts",
        rows,
        rows.size() == limit ? Optional.of(Integer.toString(end)) : Optional.empty());
  }

  private int accounts(int host) {
    return world.population.roster(host).stream()
            .mapToInt(numbers -> numbers.to() - numbers.from())
            .sum()
        + world.arrivals(host).size();
  }

  private HttpAnswer getRepoStatus(XrpcCall call) {
    Account account = known(call);
    boolean active = account.at(account.home()) == Account.Hosting.ACTIVE;
    return HttpAnswer.json(
        "{\"active\":"
            + active
            + ",\"did\":\""
            + world.population.did(account.number)
            + "\",\"rev\":\""
            + world.rev(account)
            + (active ? "\"}" : "\",\"status\":\"" + account.status().word() + "\"}"));
  }

  /** Here the relay's statuses differ from a host's: 404 and 403 where that says 400. */
  private HttpAnswer getLatestCommit(XrpcCall call) {
    Account account = known(call);
    if (account.at(account.home()) != Account.Hosting.ACTIVE) {
      String word = account.status().word();
      String error =
          switch (account.status()) {
            case TAKENDOWN, SUSPENDED -> "RepoTakendown";
            case DELETED -> "RepoDeleted";
            default -> "RepoDeactivated";
          };
      return HttpAnswer.error(403, error, "account not active (" + word + ")");
    }
    return HttpAnswer.json(
        "{\"cid\":\"" + repos.head(account) + "\",\"rev\":\"" + world.rev(account) + "\"}");
  }

  private Account known(XrpcCall call) {
    int number = world.population.account(call.optional("did").orElse(""));
    if (number < 0) {
      throw new Refusal(HttpAnswer.error(404, "RepoNotFound", "account not found"));
    }
    return world.account(number);
  }

  private static int strictLimit(XrpcCall call, int usual) {
    String text = call.optional("limit").orElse(Integer.toString(usual));
    int limit = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > MOST) {
      throw new Refusal(HttpAnswer.error(400, "BadRequest", "limit parameter invalid: " + text));
    }
    return limit;
  }

  private static long numberedCursor(XrpcCall call) {
    String text = call.optional("cursor").orElse("0");
    if (!text.matches("\\d{1,15}")) {
      throw new Refusal(HttpAnswer.error(400, "BadRequest", "cursor parameter invalid: " + text));
    }
    return Long.parseLong(text);
  }

  private static HttpAnswer page(String name, List<String> rows, Optional<String> cursor) {
    return HttpAnswer.json(
        "{\""
            + name
            + "\":["
            + String.join(",", rows)
            + "]"
            + cursor.map(c -> ",\"cursor\":\"" + c + "\"").orElse("")
            + "}");
  }
}

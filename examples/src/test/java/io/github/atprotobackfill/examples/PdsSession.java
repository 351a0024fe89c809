package io.github.atprotobackfill.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.examples.NetworkTruth.Account;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** An account's owner at its host: writes, and reads past the library what then is there. */
final class PdsSession {

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Account account;
  private String token = "";

  private PdsSession(Account account) {
    this.account = account;
  }

  /** Whoever looks only is not logged in. */
  static PdsSession of(Account account) {
    return new PdsSession(account);
  }

  /** Makes or replaces a record. */
  void put(String collection, String rkey, JsonNode record)
      throws IOException, InterruptedException {
    ObjectNode input = key(collection, rkey);
    input.set("record", record);
    send("com.atproto.repo.putRecord", input);
  }

  /** Makes a record that was not there. */
  void create(String collection, String rkey, JsonNode record)
      throws IOException, InterruptedException {
    ObjectNode input = key(collection, rkey);
    input.set("record", record);
    send("com.atproto.repo.createRecord", input);
  }

  void delete(String collection, String rkey) throws IOException, InterruptedException {
    send("com.atproto.repo.deleteRecord", key(collection, rkey));
  }

  void deactivate() throws IOException, InterruptedException {
    send("com.atproto.server.deactivateAccount", JsonNodeFactory.instance.objectNode());
  }

  void activate() throws IOException, InterruptedException {
    send("com.atproto.server.activateAccount", null);
  }

  /** A record's value as it stands. */
  JsonNode value(String collection, String rkey) throws IOException, InterruptedException {
    return get("com.atproto.repo.getRecord?repo=%s&collection=%s&rkey=%s"
            .formatted(account.did(), collection, rkey))
        .path("value");
  }

  /** CIDs by URI of all records that the host lists of the account. */
  Map<String, String> records() throws IOException, InterruptedException {
    Map<String, String> records = new HashMap<>();
    for (JsonNode collection :
        get("com.atproto.repo.describeRepo?repo=" + account.did()).path("collections")) {
      String cursor = "";
      do {
        JsonNode page =
            get(
                "com.atproto.repo.listRecords?limit=100&repo=%s&collection=%s%s"
                    .formatted(account.did(), collection.asText(), cursor));
        page.path("records")
            .forEach(row -> records.put(row.path("uri").asText(), row.path("cid").asText()));
        String next = page.path("cursor").asText("");
        cursor = next.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
      } while (!cursor.isEmpty());
    }
    return records;
  }

  private ObjectNode key(String collection, String rkey) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("repo", account.did())
        .put("collection", collection)
        .put("rkey", rkey);
  }

  private JsonNode get(String query) throws IOException, InterruptedException {
    return answer(HttpRequest.newBuilder(URI.create(account.pdsUrl() + "/xrpc/" + query)).build());
  }

  private JsonNode send(String method, JsonNode input) throws IOException, InterruptedException {
    if (token.isEmpty()) {
      ObjectNode credentials =
          JsonNodeFactory.instance
              .objectNode()
              .put("identifier", account.did())
              .put("password", account.password());
      token =
          answer(post("com.atproto.server.createSession", credentials).build())
              .path("accessJwt")
              .asText();
    }
    return answer(post(method, input).header("Authorization", "Bearer " + token).build());
  }

  private HttpRequest.Builder post(String method, JsonNode input) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(account.pdsUrl() + "/xrpc/" + method));
    return input == null
        ? request.POST(HttpRequest.BodyPublishers.noBody())
        : request
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(input)));
  }

  private JsonNode answer(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(
          request.uri()
              + ": "
              + answer.statusCode()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return JSON.readTree(answer.body());
  }
}

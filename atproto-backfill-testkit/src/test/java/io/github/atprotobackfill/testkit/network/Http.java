package io.github.atprotobackfill.testkit.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Asks simulated hosts as any client would. */
final class Http {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** An answer with its body as text. */
  record Reply(int status, String body, java.net.http.HttpHeaders headers) {

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + body, e);
      }
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  Reply get(SimulatedHost host, String pathAndQuery) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(host.url() + pathAndQuery)).build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new Reply(response.statusCode(), response.body(), response.headers());
  }

  /** An answer with its body as it came. */
  record Bytes(int status, byte[] body, java.net.http.HttpHeaders headers) {

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  /** Asks an XRPC method and takes the bytes. */
  Bytes bytes(SimulatedHost host, String methodAndQuery, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(host.url() + "/xrpc/" + methodAndQuery));
    if (headers.length > 0) {
      request.headers(headers);
    }
    var response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Bytes(response.statusCode(), response.body(), response.headers());
  }

  /** Asks an XRPC method and takes the bytes as they come. */
  InputStream stream(SimulatedHost host, String methodAndQuery)
      throws IOException, InterruptedException {
    URI uri = URI.create(host.url() + "/xrpc/" + methodAndQuery);
    var request = HttpRequest.newBuilder(uri).build();
    return client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
  }

  /** Asks an XRPC method; parameters are name, value, name, value … */
  Reply xrpc(SimulatedHost host, String method, Object... params)
      throws IOException, InterruptedException {
    return get(host, "/xrpc/" + method + query(params));
  }

  static String query(Object... params) {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < params.length; i += 2) {
      query.append(i == 0 ? '?' : '&').append(params[i]).append('=');
      query.append(URLEncoder.encode(params[i + 1].toString(), StandardCharsets.UTF_8));
    }
    return query.toString();
  }

  /** All rows of a listing, page by page, until there is no cursor. */
  List<JsonNode> list(SimulatedHost host, String method, String rows, Object... params)
      throws IOException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    String cursor = "";
    do {
      Object[] paged = java.util.Arrays.copyOf(params, params.length + 2);
      paged[params.length] = "cursor";
      paged[params.length + 1] = cursor;
      JsonNode page = xrpc(host, method, paged).json();
      page.path(rows).forEach(all::add);
      cursor = page.path("cursor").asText("");
    } while (!cursor.isEmpty());
    return all;
  }
}

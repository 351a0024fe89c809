package io.github.atprotobackfill.testkit.network;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A request as a simulated host reads it.
 *
 * @param verb {@code GET} and the like
 * @param path the path, percent-decoded
 * @param target path and query as they came
 * @param params the query's parameters; the first of each name
 * @param acceptsGzip whether the body of the answer may be compressed
 * @param keepAlive whether the client wants to go on with the connection
 */
record HttpRequest(
    String verb,
    String path,
    String target,
    Map<String, String> params,
    boolean acceptsGzip,
    boolean keepAlive) {

  static HttpRequest of(String verb, String target, boolean acceptsGzip, boolean keepAlive) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    Map<String, String> params = new HashMap<>();
    if (query >= 0) {
      for (String pair : target.substring(query + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          params.putIfAbsent(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
      }
    }
    return new HttpRequest(verb, decodePath(path), target, params, acceptsGzip, keepAlive);
  }

  /** This request with another value of one parameter. */
  HttpRequest with(String name, String value) {
    Map<String, String> changed = new HashMap<>(params);
    changed.put(name, value);
    return new HttpRequest(verb, path, target, changed, acceptsGzip, keepAlive);
  }

  /** A plus sign means itself in a path, and a space in a query. */
  private static String decodePath(String path) {
    return path.indexOf('%') < 0 ? path : decode(path.replace("+", "%2B"));
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }
}

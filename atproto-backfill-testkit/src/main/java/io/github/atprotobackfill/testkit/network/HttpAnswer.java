package io.github.atprotobackfill.testkit.network;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a host answers.
 *
 * @param status the HTTP status
 * @param contentType the content type
 * @param body the body, not compressed; not copied, never written to
 * @param headers further headers
 * @param export the repo that is the body instead; null for none
 */
@SuppressWarnings("ArrayRecordComponent") // Bodies are large, and written once.
record HttpAnswer(
    int status,
    String contentType,
    byte[] body,
    Map<String, String> headers,
    @Nullable RepoExport export) {

  private static final String CAR = "application/vnd.ipld.car";
  private static final byte[] NONE = {};

  private static final String JSON = "application/json; charset=utf-8";
  private static final String HTML = "text/html; charset=utf-8";

  static HttpAnswer of(int status, String contentType, String body) {
    return new HttpAnswer(
        status, contentType, body.getBytes(StandardCharsets.UTF_8), Map.of(), null);
  }

  static HttpAnswer json(byte[] body) {
    return new HttpAnswer(200, JSON, body, Map.of(), null);
  }

  static HttpAnswer car(RepoExport repo) {
    return new HttpAnswer(200, CAR, NONE, Map.of("Cache-Control", "private"), repo);
  }

  static HttpAnswer json(String body) {
    return of(200, JSON, body);
  }

  static HttpAnswer html(int status, String body) {
    return of(status, HTML, body);
  }

  /** An XRPC error (protocol: error responses). */
  static HttpAnswer error(int status, String error, String message) {
    return of(status, JSON, "{\"error\":" + quote(error) + ",\"message\":" + quote(message) + "}");
  }

  /** An error of the PLC directory, which has no name. */
  static HttpAnswer directoryError(int status, String message) {
    return of(status, JSON, "{\"message\":" + quote(message) + "}");
  }

  static HttpAnswer notFound(HttpRequest request) {
    return html(
        404,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + "<title>Error</title>\n</head>\n<body>\n<pre>Cannot GET "
            + request.path().replace("&", "&amp;").replace("<", "&lt;")
            + "</pre>\n</body>\n</html>\n");
  }

  HttpAnswer withBody(byte[] other) {
    return new HttpAnswer(status, contentType, other, headers, null);
  }

  HttpAnswer withHeaders(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new HttpAnswer(status, contentType, body, all, export);
  }

  HttpAnswer withExport(RepoExport other) {
    return new HttpAnswer(status, contentType, NONE, headers, other);
  }

  /** This answer with a body that is at hand. */
  HttpAnswer held() {
    return export == null ? this : withBody(export.bytes());
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  static String quote(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }
}

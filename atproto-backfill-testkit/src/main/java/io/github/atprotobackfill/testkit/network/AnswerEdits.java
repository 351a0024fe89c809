package io.github.atprotobackfill.testkit.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Spoils answers. They read what the services write, so every body is a JSON object. */
final class AnswerEdits {

  private static final ObjectMapper JSON = new ObjectMapper();

  private AnswerEdits() {}

  static HttpAnswer truncated(HttpAnswer answer) {
    return answer.withBody(Arrays.copyOf(answer.body(), answer.body().length / 2));
  }

  static HttpAnswer text(HttpAnswer answer, UnaryOperator<String> change) {
    return answer.withBody(change.apply(answer.text()).getBytes(StandardCharsets.UTF_8));
  }

  static HttpAnswer sameCursor(HttpRequest request, HttpAnswer answer) {
    String cursor = request.params().getOrDefault("cursor", "");
    return cursor.isEmpty() ? answer : json(answer, body -> body.put("cursor", cursor));
  }

  static HttpAnswer rowsTwice(HttpAnswer answer) {
    return json(
        answer,
        body -> {
          for (JsonNode value : body) {
            if (value instanceof ArrayNode rows) {
              ArrayNode twice = JSON.createArrayNode();
              rows.forEach(row -> twice.add(row).add(row));
              rows.removeAll().addAll(twice);
            }
          }
        });
  }

  static HttpAnswer foreign(HttpAnswer answer, String did) {
    return text(
        answer, json -> json.replaceAll("\"uri\":\"at://[^/\"]+/", "\"uri\":\"at://" + did + "/"));
  }

  static HttpAnswer without(HttpAnswer answer, String field) {
    return json(answer, body -> remove(body, field));
  }

  /** What comes before a cursor is what follows it in the other order. */
  static HttpAnswer overlapping(
      HttpRequest request, HttpAnswer answer, Service service, int records) {
    if (request.params().getOrDefault("cursor", "").isEmpty()) {
      return answer;
    }
    String otherOrder = request.params().getOrDefault("reverse", "").equals("true") ? "" : "true";
    HttpRequest backwards =
        request.with("reverse", otherOrder).with("limit", Integer.toString(records));
    JsonNode before = read(service.reply(backwards)).path("records");
    return json(
        answer,
        body -> {
          if (body.path("records") instanceof ArrayNode rows) {
            before.forEach(row -> rows.insert(0, row));
          }
        });
  }

  private static void remove(JsonNode node, String field) {
    if (node instanceof ObjectNode object) {
      object.remove(field);
    }
    node.forEach(child -> remove(child, field));
  }

  private static HttpAnswer json(HttpAnswer answer, Consumer<ObjectNode> change) {
    ObjectNode body = read(answer);
    change.accept(body);
    return answer.withBody(body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode read(HttpAnswer answer) {
    try {
      return JSON.readValue(answer.text(), ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "this fault needs JSON, which another fault has spoilt before: " + answer.text(), e);
    }
  }
}

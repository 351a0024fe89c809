package io.github.atprotobackfill.testkit.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Spoils answers. */
final class AnswerEdits {

  private static final ObjectMapper JSON = new ObjectMapper();

  private AnswerEdits() {}

  static HttpAnswer truncated(HttpAnswer whole) {
    HttpAnswer answer = whole.held();
    return answer.withBody(Arrays.copyOf(answer.body(), answer.body().length / 2));
  }

  /** A repo has no text, and stays as it is. */
  static HttpAnswer text(HttpAnswer answer, UnaryOperator<String> change) {
    return answer.export() != null
        ? answer
        : answer.withBody(change.apply(answer.text()).getBytes(StandardCharsets.UTF_8));
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

  static HttpAnswer forged(HttpAnswer answer) {
    return json(
        answer,
        body -> {
          if (body.path("records").path(0).path("value") instanceof ObjectNode value) {
            value.put("forged", true);
          }
        });
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
    return json(
        answer,
        body -> {
          if (body.path("records") instanceof ArrayNode rows) {
            read(service.reply(backwards))
                .ifPresent(page -> page.path("records").forEach(row -> rows.insert(0, row)));
          }
        });
  }

  private static void remove(JsonNode node, String field) {
    if (node instanceof ObjectNode object) {
      object.remove(field);
    }
    node.forEach(child -> remove(child, field));
  }

  /** An answer that another fault has made no JSON stays as it is. */
  private static HttpAnswer json(HttpAnswer answer, Consumer<ObjectNode> change) {
    Optional<ObjectNode> body = read(answer);
    body.ifPresent(change);
    return body.map(changed -> text(answer, before -> changed.toString())).orElse(answer);
  }

  private static Optional<ObjectNode> read(HttpAnswer answer) {
    try {
      return Optional.of(JSON.readValue(answer.text(), ObjectNode.class));
    } catch (JsonProcessingException spoilt) {
      return Optional.empty();
    }
  }
}

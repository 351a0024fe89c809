package io.github.atprotobackfill.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.StoreException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a source was listed, as JSON in plain ASCII, so that a cursor comes back as it was,
 * whatever characters a stranger chose for it.
 */
final class DiscoveryText {

  private static final int VERSION = 1;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private DiscoveryText() {}

  static String of(DiscoveryState state) {
    ObjectNode json = JSON.createObjectNode().put("v", VERSION);
    if (state.cursor() != null) {
      json.put("cursor", state.cursor());
    }
    json.put("done", state.done())
        .put("discovered", state.discovered())
        .put("queued", state.queued());
    Failure failure = state.failure();
    if (failure != null) {
      json.put("kind", failure.kind().code()).put("message", failure.message());
    }
    return json.toString();
  }

  static DiscoveryState parse(String source, String text, String key) {
    JsonNode json = read(source, text, key);
    int version = json.path("v").asInt();
    if (version > VERSION) {
      throw new StoreException(
          "this was written by a later version of atproto-backfill: at " + key + " " + source,
          null);
    }
    if (version < 1) {
      throw new StoreException("not the state of a source at " + key + " " + source, null);
    }
    return new DiscoveryState(
        source,
        text(json, "cursor"),
        json.path("done").asBoolean(),
        json.path("discovered").asLong(),
        json.path("queued").asLong(),
        Optional.ofNullable(text(json, "kind"))
            .map(kind -> new Failure(ErrorKind.ofCode(kind), json.path("message").asText()))
            .orElse(null));
  }

  private static JsonNode read(String source, String text, String key) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new StoreException("not the state of a source at " + key + " " + source, e);
    }
  }

  private static @Nullable String text(JsonNode json, String field) {
    return json.path(field).textValue();
  }
}

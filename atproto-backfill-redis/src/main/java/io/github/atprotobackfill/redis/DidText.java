package io.github.atprotobackfill.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.identity.DidCache.Answer;
import io.github.atprotobackfill.identity.DidDocument;
import io.github.atprotobackfill.identity.SigningKey;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.Optional;

/**
 * An answer about a DID as JSON. When it ceases to be of use is when its key expires; how long
 * before that it ceased to be fresh is in it.
 */
final class DidText {

  private static final int VERSION = 1;
  private static final JsonMapper JSON = new JsonMapper();

  private DidText() {}

  static String of(Answer answer) {
    ObjectNode json = JSON.createObjectNode().put("v", VERSION);
    json.put("stale", answer.usableFor().minus(answer.freshFor()).toMillis());
    DidDocument document = answer.document();
    if (document != null) {
      document.pds().ifPresent(pds -> json.put("pds", pds.toString()));
      document.handle().ifPresent(handle -> json.put("handle", handle.toString()));
      document
          .signingKey()
          .ifPresent(key -> json.put("type", key.type()).put("key", key.publicKeyMultibase()));
    }
    Failure failure = answer.failure();
    if (failure != null) {
      json.put("kind", failure.kind().code()).put("message", failure.message());
    }
    return json.toString();
  }

  static Answer parse(Did did, String text, Duration keptFor, String key) {
    JsonNode json = read(text, key);
    int version = json.path("v").asInt();
    if (version > VERSION) {
      throw new StoreException(
          "this was written by a later version of atproto-backfill: at " + key, null);
    }
    if (version < 1) {
      throw new StoreException("not an answer about a DID: " + key, null);
    }
    Duration fresh = keptFor.minusMillis(json.path("stale").asLong());
    Optional<String> kind = text(json, "kind");
    if (kind.isPresent()) {
      Failure failure = new Failure(ErrorKind.ofCode(kind.get()), json.path("message").asText());
      return new Answer(null, failure, fresh, keptFor);
    }
    try {
      return new Answer(document(did, json), null, fresh, keptFor);
    } catch (InvalidSyntaxException e) {
      throw new StoreException("not an answer about a DID: " + key, e);
    }
  }

  private static DidDocument document(Did did, JsonNode json) {
    return new DidDocument(
        did,
        text(json, "pds").map(ServiceUrl::parse),
        text(json, "handle").map(Handle::parse),
        text(json, "type").map(type -> new SigningKey(type, json.path("key").asText())));
  }

  private static JsonNode read(String text, String key) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new StoreException("not an answer about a DID: " + key, e);
    }
  }

  private static Optional<String> text(JsonNode json, String field) {
    return Optional.ofNullable(json.path(field).textValue());
  }
}

package io.github.atprotobackfill.redis.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.source.RepoRef;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * What an entry of {@code repo_backfill} says: one field {@value #FIELD}, in JSON <code>
 * {"did", "host", "rev", "status", "active"}</code>. Only the DID is needed to read a repo; the
 * host is whoever listed it, be it a relay.
 */
final class RepoMessage {

  static final String FIELD = "repo";

  /** Nobody who tells of one repo needs more. */
  static final int MAX_BYTES = 64 * 1024;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private RepoMessage() {}

  /** The entry that tells of a repo as {@code host} listed it. */
  static Map<String, String> entry(RepoRef repo, ServiceUrl host) {
    ObjectNode message = MAPPER.createObjectNode();
    message.put("did", repo.did().value());
    message.put("host", host.toString());
    if (repo.rev() != null) {
      message.put("rev", repo.rev().toString());
    }
    if (repo.status() != null) {
      message.put("status", repo.status());
    }
    message.put("active", repo.status() == null);
    return Map.of(FIELD, write(message));
  }

  private static String write(ObjectNode message) {
    try {
      return MAPPER.writeValueAsString(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a message that cannot be written: " + message, e);
    }
  }

  /**
   * The repo of which an entry tells.
   *
   * @throws BadEntryException when it tells of none
   */
  static Did repoOf(Delivery entry) throws BadEntryException {
    byte[] message =
        entry.field(FIELD).orElseThrow(() -> new BadEntryException("no field \"" + FIELD + "\""));
    if (message.length > MAX_BYTES) {
      throw new BadEntryException(message.length + " bytes, where " + MAX_BYTES + " are allowed");
    }
    JsonNode did = parse(message).path("did");
    return Optional.of(did)
        .filter(JsonNode::isTextual)
        .flatMap(text -> Did.tryParse(text.textValue()))
        .orElseThrow(() -> new BadEntryException("\"did\" is not a DID: " + did));
  }

  private static JsonNode parse(byte[] message) throws BadEntryException {
    try {
      return MAPPER.readTree(message);
    } catch (IOException e) {
      throw new BadEntryException("not JSON: " + e.getMessage());
    }
  }

  /** An entry that tells of no repo; the message says why. */
  static final class BadEntryException extends Exception {

    private static final long serialVersionUID = 1L;

    BadEntryException(String why) {
      super(why);
    }
  }
}

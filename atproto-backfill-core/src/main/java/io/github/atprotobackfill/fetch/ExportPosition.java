package io.github.atprotobackfill.fetch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.Optional;

/**
 * How far a repo that came whole has been given. The same rev is the same tree, whichever host
 * gives it, so that going on needs no more than the last key.
 */
record ExportPosition(Tid rev, Nsid collection, RecordKey rkey) {

  private static final int VERSION = 1;
  private static final JsonMapper JSON = new JsonMapper();

  /** The text that {@link #parse} reads. */
  String text() {
    return JSON.createObjectNode()
        .put("export", VERSION)
        .put("rev", rev.value())
        .put("collection", collection.value())
        .put("key", rkey.value())
        .toString();
  }

  /** The position that {@code text} is; empty for a text of another version or of none. */
  static Optional<ExportPosition> parse(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.path("export").asInt() == VERSION
          ? Optional.of(
              new ExportPosition(
                  Tid.parse(node.path("rev").asText()),
                  Nsid.parse(node.path("collection").asText()),
                  RecordKey.parse(node.path("key").asText())))
          : Optional.empty();
    } catch (JsonProcessingException | InvalidSyntaxException e) {
      return Optional.empty();
    }
  }
}

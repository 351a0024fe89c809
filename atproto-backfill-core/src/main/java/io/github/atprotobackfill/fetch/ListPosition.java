package io.github.atprotobackfill.fetch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a repo has been read by {@code listRecords}. Collections are read in ascending order of
 * their names, so that the one being read tells which are left, however many a repo has.
 *
 * @param pds the host it was read from
 * @param rev the repo's rev before the first page
 * @param collection the collection to go on with; null before the first one is known
 * @param page where in the collection to go on; null for its first page
 * @param listed whether every collection has been read to its end
 */
record ListPosition(
    ServiceUrl pds, Tid rev, @Nullable Nsid collection, @Nullable PagePosition page, boolean listed) {

  /**
   * A place within a collection.
   *
   * @param cursor the cursor of the next page
   * @param lastKey the greatest record key given before it; null when there was none
   * @param emptyPages how many pages in a row, just before it, had no record
   */
  record PagePosition(String cursor, @Nullable String lastKey, int emptyPages) {}

  /** Raised when the text changes its meaning; an older text then starts the repo over. */
  private static final int VERSION = 1;

  private static final JsonMapper JSON = new JsonMapper();

  static ListPosition begin(ServiceUrl pds, Tid rev) {
    return new ListPosition(pds, rev, null, null, false);
  }

  /** At the first page of {@code next}, or behind everything when there is no next collection. */
  ListPosition atCollection(@Nullable Nsid next) {
    return new ListPosition(pds, rev, next, null, next == null);
  }

  /** At another page of the same collection. */
  ListPosition atPage(PagePosition next) {
    return new ListPosition(pds, rev, collection, next, false);
  }

  /** The text that {@link #parse} reads. */
  String text() {
    ObjectNode node = JSON.createObjectNode();
    node.put("v", VERSION).put("pds", pds.toString()).put("rev", rev.value());
    if (collection != null) {
      node.put("collection", collection.value());
    }
    if (page != null) {
      node.put("cursor", page.cursor()).put("empty", page.emptyPages());
      if (page.lastKey() != null) {
        node.put("key", page.lastKey());
      }
    }
    if (listed) {
      node.put("listed", true);
    }
    return node.toString();
  }

  /** The position that {@code text} is; empty for a text of another version or of none. */
  static Optional<ListPosition> parse(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.path("v").asInt() == VERSION ? Optional.of(of(node)) : Optional.empty();
    } catch (JsonProcessingException | InvalidSyntaxException e) {
      return Optional.empty();
    }
  }

  private static ListPosition of(JsonNode node) {
    String collection = node.path("collection").textValue();
    return new ListPosition(
        ServiceUrl.parse(node.path("pds").asText()),
        Tid.parse(node.path("rev").asText()),
        collection == null ? null : Nsid.parse(collection),
        pageOf(node),
        node.path("listed").asBoolean());
  }

  private static @Nullable PagePosition pageOf(JsonNode node) {
    String cursor = node.path("cursor").textValue();
    return cursor == null || !node.has("collection")
        ? null
        : new PagePosition(cursor, node.path("key").textValue(), node.path("empty").asInt());
  }
}

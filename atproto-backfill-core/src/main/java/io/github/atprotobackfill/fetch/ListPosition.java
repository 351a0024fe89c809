package io.github.atprotobackfill.fetch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a repo has been read by {@code listRecords}. Collections are read in ascending order of
 * their names, so that one name tells which are left, however many a repo has.
 *
 * @param pds the host it was read from
 * @param rev the repo's rev before the first page
 * @param stage what {@code collection} means
 * @param collection a collection; null before the first one is known
 * @param page where in the collection to go on; null for its first page
 */
record ListPosition(
    ServiceUrl pds, Tid rev, Stage stage, @Nullable Nsid collection, @Nullable PagePosition page) {

  enum Stage {
    /** The collection has been read; which one comes next is still to be asked. */
    BETWEEN,
    /** The collection is being read. */
    WITHIN,
    /** Every collection has been read. */
    BEHIND
  }

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

  /** Before the first collection, whichever that is. */
  static ListPosition begin(ServiceUrl pds, Tid rev) {
    return new ListPosition(pds, rev, Stage.BETWEEN, null, null);
  }

  /** Behind this collection, when the next one is not known. */
  ListPosition afterCollection() {
    return new ListPosition(pds, rev, Stage.BETWEEN, collection, null);
  }

  /** At the first page of the collection that comes next in {@code all}, or behind the last one. */
  ListPosition atNextOf(NavigableSet<Nsid> all) {
    Nsid next = collection == null ? all.stream().findFirst().orElse(null) : all.higher(collection);
    return new ListPosition(pds, rev, next == null ? Stage.BEHIND : Stage.WITHIN, next, null);
  }

  /** At another page of the same collection. */
  ListPosition atPage(PagePosition next) {
    return new ListPosition(pds, rev, Stage.WITHIN, collection, next);
  }

  /** The text that {@link #parse} reads. */
  String text() {
    ObjectNode node = JSON.createObjectNode();
    node.put("v", VERSION).put("pds", pds.toString()).put("rev", rev.value());
    node.put("at", stage.name());
    if (collection != null) {
      node.put("collection", collection.value());
    }
    if (page != null) {
      node.put("cursor", page.cursor()).put("empty", page.emptyPages());
      if (page.lastKey() != null) {
        node.put("key", page.lastKey());
      }
    }
    return node.toString();
  }

  /** The position that {@code text} is; empty for a text of another version or of none. */
  static Optional<ListPosition> parse(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.path("v").asInt() == VERSION ? Optional.of(of(node)) : Optional.empty();
    } catch (JsonProcessingException | InvalidSyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static ListPosition of(JsonNode node) {
    Stage stage = Stage.valueOf(node.path("at").asText());
    String collection = node.path("collection").textValue();
    if (stage == Stage.WITHIN && collection == null) {
      throw new IllegalArgumentException("within no collection");
    }
    return new ListPosition(
        ServiceUrl.parse(node.path("pds").asText()),
        Tid.parse(node.path("rev").asText()),
        stage,
        collection == null ? null : Nsid.parse(collection),
        stage == Stage.WITHIN ? pageOf(node) : null);
  }

  private static @Nullable PagePosition pageOf(JsonNode node) {
    String cursor = node.path("cursor").textValue();
    return cursor == null
        ? null
        : new PagePosition(cursor, node.path("key").textValue(), node.path("empty").asInt());
  }
}

package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Makes trees of block after block of DAG-CBOR: the same as of their JSON, which is left out on the
 * way. The keys that records of one type share are made strings once. Not thread-safe.
 */
final class DagCborTree {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

  /** A power of two. */
  private static final int NAMES = 64;

  private static final int LONGEST_NAME = 32;

  private final @Nullable String[] names = new String[NAMES];
  private final CborCursor cursor = new CborCursor(new byte[0]);
  private byte[] block = new byte[0];

  /** The tree of the one item that {@code bytes[from, to)} is. */
  JsonNode read(byte[] bytes, int from, int to) {
    DagCbor.requireSize(to - from);
    block = bytes;
    cursor.reset(bytes, from, to);
    JsonNode tree = item(0);
    cursor.end();
    return tree;
  }

  private JsonNode item(int depth) {
    return switch (cursor.nextMajor()) {
      case CborCursor.UNSIGNED, CborCursor.NEGATIVE -> integer(cursor.integer());
      case CborCursor.BYTES -> bytes(depth);
      case CborCursor.TEXT -> NODES.textNode(cursor.text());
      case CborCursor.ARRAY -> array(depth);
      case CborCursor.MAP -> map(depth);
      case CborCursor.TAG -> link(depth);
      default -> simple();
    };
  }

  private ObjectNode map(int depth) {
    cursor.requireDepth(depth);
    ObjectNode object = NODES.objectNode();
    int key = CborCursor.NO_KEY;
    for (int left = cursor.map(); left > 0; left--) {
      key = cursor.key(key);
      String name = name(key);
      object.set(name, item(depth + 1));
    }
    return object;
  }

  private String name(int key) {
    int from = cursor.keyContent(key);
    int length = cursor.at() - from;
    if (length == 0 || length > LONGEST_NAME) {
      return cursor.keyText(key);
    }
    int hash =
        31 * (31 * block[from] + block[from + length - 1]) + block[from + length / 2] + length;
    int place = (hash ^ (hash >> 6)) & (NAMES - 1);
    String known = names[place];
    if (known != null && isAscii(known, from, length)) {
      return known;
    }
    String name = cursor.keyText(key);
    names[place] = name;
    return name;
  }

  /** Whether the bytes are those of {@code name}, which none beyond ASCII can be. */
  private boolean isAscii(String name, int from, int length) {
    if (name.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (name.charAt(i) != block[from + i]) {
        return false;
      }
    }
    return true;
  }

  private ArrayNode array(int depth) {
    cursor.requireDepth(depth);
    int count = cursor.array();
    ArrayNode array = NODES.arrayNode(count);
    for (int left = count; left > 0; left--) {
      array.add(item(depth + 1));
    }
    return array;
  }

  private ObjectNode link(int depth) {
    cursor.requireDepth(depth);
    int from = cursor.link();
    byte[] text = new byte[1 + Base32.length(cursor.at() - from)];
    text[0] = BlockCid.BASE32;
    Base32.encode(block, from, cursor.at(), text, 1);
    return NODES.objectNode().put("$link", new String(text, ISO_8859_1));
  }

  private ObjectNode bytes(int depth) {
    cursor.requireDepth(depth);
    String text = BASE64.encodeToString(cursor.byteString());
    return NODES.objectNode().put("$bytes", text);
  }

  /** As a reader of JSON has it: the smaller of the two that holds it. */
  private static JsonNode integer(long value) {
    return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
  }

  private JsonNode simple() {
    int value = cursor.simple();
    return value == CborCursor.NULL
        ? NODES.nullNode()
        : NODES.booleanNode(value == CborCursor.TRUE);
  }
}

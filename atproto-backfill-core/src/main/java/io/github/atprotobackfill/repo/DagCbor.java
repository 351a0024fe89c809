package io.github.atprotobackfill.repo;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * DAG-CBOR, the form of every block of a repository, and its JSON form (protocol: DAG-CBOR; JSON
 * form of the data model). Both ways are strict, and what one gives the other takes back to the
 * byte: {@code encodeJson(toJson(block))} is {@code block}, where it is taken at all.
 *
 * <ul>
 *   <li>A CID is {@code {"$link": "bafy…"}}, bytes are {@code {"$bytes": "…"}}, Base64 without
 *       padding. A map that has one of these keys would not survive and is refused; other keys with
 *       a {@code $} are kept.
 *   <li>Integers have 64 bits. There are no floats; JSON may write an integer as {@code 123.0}.
 *   <li>Maps have no key twice. In DAG-CBOR their keys are in order; JSON takes them in any order
 *       and gives them in that of DAG-CBOR.
 *   <li>In JSON a {@code $type} is a text and not empty, and what has the type {@code blob} is a
 *       blob: a {@code ref} that links, a {@code size}, a {@code mimeType}, and nothing else. Of a
 *       block that is not asked: its hash is right, and accounts did publish odd ones.
 * </ul>
 *
 * <p>What breaks a rule or a limit is refused with an {@link InvalidRepoException}.
 */
public final class DagCbor {

  /** The largest block, in bytes of DAG-CBOR. */
  public static final int MAX_BYTES = 5 << 20;

  /**
   * The deepest nesting, counted in JSON: a block that is a map has one level, and a link or bytes
   * in it are the second.
   */
  public static final int MAX_DEPTH = 64;

  /** The most items of one array, and the most entries of one map. */
  public static final int MAX_ITEMS = 131_072;

  /** The longest key of a map, in bytes of UTF-8. */
  public static final int MAX_KEY_BYTES = 8_192;

  /** The longest CID that is linked to, in bytes. */
  public static final int MAX_LINK_BYTES = 100;

  /** The longest number in JSON, in characters. */
  public static final int MAX_NUMBER_CHARS = 1_000;

  private DagCbor() {}

  /** The JSON, in UTF-8, of the one item that {@code block} is. */
  public static byte[] toJson(byte[] block) {
    return toJson(block, 0, block.length);
  }

  /** The JSON, in UTF-8, of the one item that {@code bytes[from, to)} is. */
  public static byte[] toJson(byte[] bytes, int from, int to) {
    return new DagCborTranscoder().toJson(bytes, from, to);
  }

  /** The same as {@link #toJson}, for a record: a block that is anything but a map is refused. */
  public static byte[] recordToJson(byte[] bytes, int from, int to) {
    return new DagCborTranscoder().recordToJson(bytes, from, to);
  }

  /** Checks {@code bytes[from, to)} as {@link #toJson} does, and makes no JSON of it. */
  public static void validate(byte[] bytes, int from, int to) {
    CborCursor cursor = new CborCursor(bytes, from, to);
    requireSize(to - from);
    cursor.skip();
    cursor.end();
  }

  /** The JSON of {@code bytes[from, to)} as a tree. */
  public static JsonNode tree(byte[] bytes, int from, int to) {
    return new DagCborTree().read(bytes, from, to);
  }

  /** The canonical DAG-CBOR of one JSON value in UTF-8. */
  public static byte[] encodeJson(byte[] json) {
    return encodeJson(json, 0, json.length);
  }

  /** The canonical DAG-CBOR of the JSON value that {@code json[from, to)} is, in UTF-8. */
  public static byte[] encodeJson(byte[] json, int from, int to) {
    return new DagCborEncoder().encode(json, from, to);
  }

  static void requireSize(int bytes) {
    if (bytes > MAX_BYTES) {
      throw InvalidRepoException.malformed(
          "DAG-CBOR: " + bytes + " bytes are more than " + MAX_BYTES);
    }
  }
}

package io.github.atprotobackfill.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The content of a record: its JSON bytes as they arrived, a tree only on demand. Immutable as long
 * as nobody writes into {@link #json()}; thread-safe.
 */
public final class RecordValue {

  private static final JsonMapper MAPPER = new JsonMapper();

  private final byte[] json;

  private RecordValue(byte[] json) {
    this.json = json;
  }

  /** A value of JSON bytes in UTF-8; the array is not copied. */
  public static RecordValue ofJson(byte[] json) {
    return new RecordValue(json);
  }

  /** A value of JSON text. */
  public static RecordValue ofJson(String json) {
    return new RecordValue(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The JSON in UTF-8; not copied, treat as read-only. */
  public byte[] json() {
    return json;
  }

  /** The JSON as text. */
  public String jsonText() {
    return new String(json, StandardCharsets.UTF_8);
  }

  /** The JSON as a tree, parsed anew at each call. */
  public JsonNode tree() {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record's JSON was checked on arrival", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return jsonText();
  }
}

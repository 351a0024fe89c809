package io.github.atprotobackfill.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.repo.DagCbor;
import io.github.atprotobackfill.repo.InvalidRepoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The content of a record: its bytes as they arrived, JSON or DAG-CBOR; the JSON of DAG-CBOR, and a
 * tree of either, only on demand. Immutable as long as nobody writes into what {@link #json()} and
 * {@link #cbor()} give; thread-safe.
 */
public final class RecordValue {

  private static final JsonMapper MAPPER = new JsonMapper();

  private final byte @Nullable [] cbor;
  // Of DAG-CBOR it is made when first asked for; two threads at once may make the same twice.
  private volatile byte @Nullable [] json;

  private RecordValue(byte @Nullable [] cbor, byte @Nullable [] json) {
    this.cbor = cbor;
    this.json = json;
  }

  /** A value of JSON bytes in UTF-8; the array is not copied. */
  public static RecordValue ofJson(byte[] json) {
    return new RecordValue(null, json);
  }

  /** A value of JSON text. */
  public static RecordValue ofJson(String json) {
    return ofJson(json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A value of the record's block; the array is not copied, nor looked at before the JSON is asked
   * for. Whoever wants to know at once whether it can be read asks {@link #json()} at once.
   */
  public static RecordValue ofCbor(byte[] block) {
    return new RecordValue(block, null);
  }

  /**
   * The JSON in UTF-8; not copied, treat as read-only. Made of DAG-CBOR at the first call, and
   * kept.
   *
   * @throws InvalidRepoException when the block it is made of is not the DAG-CBOR of a record; at
   *     each call, and from everything else that is made of the JSON
   */
  public byte[] json() {
    byte[] made = json;
    if (made == null) {
      made = transcoded();
      json = made;
    }
    return made;
  }

  private byte[] transcoded() {
    byte[] block = cbor().orElseThrow();
    return DagCbor.recordToJson(block, 0, block.length);
  }

  /**
   * The record's block, the very bytes that its CID is the hash of; not copied, treat as read-only.
   * Empty where the record came as JSON.
   */
  public Optional<byte[]> cbor() {
    return Optional.ofNullable(cbor);
  }

  /** How many bytes arrived, of the block or of the JSON; makes nothing. */
  public int size() {
    byte[] arrived = cbor == null ? json() : cbor;
    return arrived.length;
  }

  /** The JSON as text. */
  public String jsonText() {
    return new String(json(), StandardCharsets.UTF_8);
  }

  /** The JSON as a tree, parsed anew at each call. */
  public JsonNode tree() {
    try {
      return MAPPER.readTree(json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record's JSON was checked on arrival", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JSON, or of a block that has none, what is wrong with it. */
  @Override
  public String toString() {
    try {
      return jsonText();
    } catch (InvalidRepoException e) {
      return e.toString();
    }
  }
}

package io.github.atprotobackfill.testkit.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/**
 * A record that a test wrote, in both of its forms: DAG-CBOR to hash, and JSON with the keys in
 * DAG-CBOR's order, which is how a host gives it back (protocol: data model).
 */
final class RecordData {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Comparator<String> KEY_ORDER =
      Comparator.comparingInt((String key) -> utf8(key).length)
          .thenComparing((a, b) -> java.util.Arrays.compareUnsigned(utf8(a), utf8(b)));

  private final ByteWriter block = new ByteWriter(512);
  private final CborWriter cbor = new CborWriter(block);

  private RecordData() {}

  /** The record that {@code json} says, under {@code rkey}. */
  static StoredRecord parse(String rkey, String json) {
    JsonNode value = read(json);
    if (!value.isObject()) {
      throw new IllegalArgumentException("a record is a JSON object: " + json);
    }
    RecordData data = new RecordData();
    JsonNode ordered = data.write(value);
    return new StoredRecord(
        rkey, new CidMaker().of(data.block), data.block.toByteArray(), utf8(ordered.toString()));
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + json, e);
    }
  }

  private JsonNode write(JsonNode value) {
    if (value.isObject()) {
      return writeObject(value);
    }
    if (value.isArray()) {
      cbor.array(value.size());
      var items = JSON.createArrayNode();
      value.forEach(item -> items.add(write(item)));
      return items;
    }
    if (value.isTextual()) {
      cbor.text(value.textValue());
    } else if (value.isBoolean()) {
      cbor.bool(value.booleanValue());
    } else if (value.isNull()) {
      cbor.nothing();
    } else if (value.isIntegralNumber() && value.canConvertToLong()) {
      cbor.number(value.longValue());
    } else {
      throw new IllegalArgumentException("not in the data model: " + value);
    }
    return value;
  }

  private JsonNode writeObject(JsonNode object) {
    if (object.size() == 1 && object.path("$link").isTextual()) {
      cbor.link(Base32.decode(object.path("$link").textValue().substring(1)));
      return object;
    }
    if (object.size() == 1 && object.path("$bytes").isTextual()) {
      cbor.bytes(Base64.getDecoder().decode(object.path("$bytes").textValue()));
      return object;
    }
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    keys.sort(KEY_ORDER);
    cbor.map(keys.size());
    ObjectNode ordered = JSON.createObjectNode();
    for (String key : keys) {
      cbor.text(key);
      ordered.set(key, write(object.get(key)));
    }
    return ordered;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

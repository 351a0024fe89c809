package io.github.atprotobackfill.redis.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An entry of a stream as it was handed to one consumer, who owes an answer: acknowledged, buried,
 * or given back.
 *
 * @param id the entry's id in its stream
 * @param fields names and values in turn, as they were added; treat as read-only
 * @param deliveries how often it was handed out so far, to whomever; 1 for a new entry
 */
record Delivery(String id, List<byte[]> fields, long deliveries) {

  /** The value of the first field of this name. */
  Optional<byte[]> field(String name) {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      if (Arrays.equals(fields.get(i), wanted)) {
        return Optional.of(fields.get(i + 1));
      }
    }
    return Optional.empty();
  }
}

package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of events. What is not as it should be ends in {@link InvalidStreamEventException}
 * and in nothing else; fields and types that are not known are none of that. No tree is built: a
 * record is cut out as the bytes that it is, after the tokenizer has gone over them.
 */
final class StreamEventReader {

  /** The largest event taken, in bytes: twice the largest record, as JSON, that hosts take in. */
  static final int MOST_BYTES = 4 << 20;

  /** The deepest nesting taken: that of a record, and the event around it. */
  static final int MOST_LEVELS = 65;

  private static final Set<String> TEXTS =
      Set.of("type", "time", "did", "commit", "rev", "collection", "rkey", "cid", "status");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MOST_LEVELS).build())
          .build();

  private final byte[] json;
  private final Map<String, String> texts = new HashMap<>();
  private final Set<String> known = new HashSet<>();
  private @Nullable Boolean active;
  private byte @Nullable [] record;

  private StreamEventReader(byte[] json) {
    this.json = json;
  }

  /** The event that {@code json} is. */
  static StreamEvent read(byte[] json) throws InvalidStreamEventException {
    if (json.length > MOST_BYTES) {
      throw new InvalidStreamEventException("it has " + json.length + " bytes");
    }
    checkText(json);
    StreamEventReader reader = new StreamEventReader(json);
    reader.readFields();
    return reader.event();
  }

  /** Strict UTF-8, and neither what else a tokenizer would guess from its first bytes. */
  private static void checkText(byte[] json) throws InvalidStreamEventException {
    if (json.length < 2 || json[0] != '{' || json[1] == 0) {
      throw new InvalidStreamEventException("it is not a JSON object in UTF-8");
    }
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
    } catch (CharacterCodingException e) {
      throw new InvalidStreamEventException("it is not UTF-8", e);
    }
  }

  private void readFields() throws InvalidStreamEventException {
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        readField(parser, parser.currentName(), parser.nextToken());
      }
      if (parser.nextToken() != null) {
        throw new InvalidStreamEventException("its object is not all of it");
      }
    } catch (JsonProcessingException e) {
      throw new InvalidStreamEventException("it is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InvalidStreamEventException("it is not JSON: " + e.getMessage(), e);
    }
  }

  private void readField(JsonParser parser, String name, JsonToken value)
      throws IOException, InvalidStreamEventException {
    boolean isText = TEXTS.contains(name);
    boolean isKnown = isText || name.equals("record") || name.equals("active");
    if (isKnown && !known.add(name)) {
      throw new InvalidStreamEventException("its " + name + " is there twice");
    }
    if (isText && value == JsonToken.VALUE_STRING) {
      texts.put(name, parser.getText());
    } else if (name.equals("active") && value.isBoolean()) {
      active = parser.getBooleanValue();
    } else if (name.equals("record") && value == JsonToken.START_OBJECT) {
      int start = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      record = Arrays.copyOfRange(json, start, (int) parser.currentLocation().getByteOffset());
    } else {
      parser.skipChildren();
    }
  }

  private StreamEvent event() throws InvalidStreamEventException {
    String type = text("type");
    return switch (type) {
      case "create", "update" -> new StreamEvent.Change(put());
      case "delete" -> new StreamEvent.Change(delete());
      case "account" -> new StreamEvent.Account(account());
      default -> new StreamEvent.Other(type);
    };
  }

  private RecordPut put() throws InvalidStreamEventException {
    Cid cid = parsed("cid", Cid::tryParse);
    if (record == null) {
      throw new InvalidStreamEventException("its record is missing or no object");
    }
    Cid commit = Optional.ofNullable(texts.get("commit")).flatMap(Cid::tryParse).orElse(null);
    return new RecordPut(did(), collection(), rkey(), cid, rev(), RecordValue.ofJson(record))
        .withCommit(commit);
  }

  private RecordDelete delete() throws InvalidStreamEventException {
    return new RecordDelete(did(), collection(), rkey(), rev());
  }

  private AccountEvent account() throws InvalidStreamEventException {
    if (active == null) {
      throw new InvalidStreamEventException("its active is missing or no boolean");
    }
    String unsaid = active ? AccountEvent.ACTIVE : "unavailable";
    return new AccountEvent(did(), active, texts.getOrDefault("status", unsaid), time());
  }

  private Did did() throws InvalidStreamEventException {
    return parsed("did", Did::tryParse);
  }

  private Nsid collection() throws InvalidStreamEventException {
    return parsed("collection", Nsid::tryParse);
  }

  private RecordKey rkey() throws InvalidStreamEventException {
    return parsed("rkey", RecordKey::tryParse);
  }

  private Tid rev() throws InvalidStreamEventException {
    return parsed("rev", Tid::tryParse);
  }

  private Instant time() throws InvalidStreamEventException {
    try {
      return Instant.parse(text("time"));
    } catch (DateTimeException e) {
      throw new InvalidStreamEventException("its time is malformed: " + texts.get("time"), e);
    }
  }

  private <T> T parsed(String name, Function<String, Optional<T>> parser)
      throws InvalidStreamEventException {
    String text = text(name);
    return parser
        .apply(text)
        .orElseThrow(
            () -> new InvalidStreamEventException("its " + name + " is malformed: " + text));
  }

  private String text(String name) throws InvalidStreamEventException {
    String text = texts.get(name);
    if (text == null) {
      throw new InvalidStreamEventException("its " + name + " is missing or no text");
    }
    return text;
  }
}

package io.github.atprotobackfill.testkit.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.sink.JsonLinesSink;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesSinkTest extends RecordSinkContract {

  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path directory;

  @Override
  protected SinkHarness newHarness() {
    return new FileHarness(directory.resolve("records.jsonl"));
  }

  private record FileHarness(Path file) implements SinkHarness {

    @Override
    public RecordSink open() throws IOException {
      return JsonLinesSink.open(file);
    }

    @Override
    public boolean countsWhatChanged() {
      return false;
    }

    /** Reads the file as its documentation says: the greatest rev holds, of equal ones the last. */
    @Override
    public Map<AtUri, StoredRecord> stored() throws IOException {
      Map<AtUri, JsonNode> newest = new HashMap<>();
      for (String text : Files.readString(file).split("\n")) {
        JsonNode line = MAPPER.readTree(text);
        if (line.has("uri")) {
          newest.merge(
              AtUri.parse(line.get("uri").asText()),
              line,
              (held, next) -> rev(next).compareTo(rev(held)) < 0 ? held : next);
        }
      }
      Map<AtUri, StoredRecord> stored = new HashMap<>();
      newest.forEach(
          (uri, line) -> {
            if (!line.path("deleted").asBoolean()) {
              Cid cid = Cid.parse(line.get("cid").asText());
              stored.put(uri, new StoredRecord(cid, rev(line), line.get("value").toString()));
            }
          });
      return stored;
    }

    /** Of an account, the line with the latest time holds, of equally late ones the last. */
    @Override
    public Optional<Set<AtUri>> shown() throws IOException {
      Map<Did, JsonNode> latest = new HashMap<>();
      for (String text : Files.readString(file).split("\n")) {
        JsonNode line = MAPPER.readTree(text);
        if (line.has("account")) {
          latest.merge(
              Did.parse(line.get("did").asText()),
              line,
              (held, next) -> at(next).isBefore(at(held)) ? held : next);
        }
      }
      Set<AtUri> shown = new HashSet<>(stored().keySet());
      shown.removeIf(
          uri -> {
            JsonNode line = latest.get(uri.did());
            return line != null && !line.at("/account/active").asBoolean();
          });
      return Optional.of(shown);
    }

    private static Instant at(JsonNode line) {
      return Instant.parse(line.at("/account/at").asText());
    }

    private static Tid rev(JsonNode line) {
      return Tid.parse(line.get("rev").asText());
    }

    @Override
    public void close() {}
  }
}

package io.github.atprotobackfill.testkit.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.sink.JsonLinesSink;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Tid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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
        newest.merge(
            AtUri.parse(line.get("uri").asText()),
            line,
            (held, next) -> rev(next).compareTo(rev(held)) < 0 ? held : next);
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

    private static Tid rev(JsonNode line) {
      return Tid.parse(line.get("rev").asText());
    }

    @Override
    public void close() {}
  }
}

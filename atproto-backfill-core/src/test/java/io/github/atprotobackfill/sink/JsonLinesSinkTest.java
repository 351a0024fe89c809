package io.github.atprotobackfill.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file as such; that it is a sink is shown by the testkit's contract. */
class JsonLinesSinkTest {

  private static final Did ALICE = Did.parse("did:web:alice.example.com");
  private static final Nsid NOTE = Nsid.parse("com.example.note");
  private static final Cid CID =
      Cid.parse("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("records.jsonl");
  }

  private static RecordPut put(String rkey, String json) {
    return new RecordPut(ALICE, NOTE, RecordKey.parse(rkey), CID, REV, RecordValue.ofJson(json));
  }

  private void writeOnce(RecordEvent... events) throws IOException {
    try (JsonLinesSink sink = JsonLinesSink.open(file)) {
      sink.write(List.of(events));
    }
  }

  @Test
  void aPutAndADeleteAreALineEach() throws Exception {
    writeOnce(
        put("a:1", "{\"text\":\"é\"}"), new RecordDelete(ALICE, NOTE, RecordKey.parse("b"), REV));

    assertThat(Files.readString(file))
        .isEqualTo(
            """
            {"uri":"at://did:web:alice.example.com/com.example.note/a:1",\
            "did":"did:web:alice.example.com","collection":"com.example.note","rkey":"a:1",\
            "cid":"bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a",\
            "rev":"3jzfcijpj2z2a","value":{"text":"é"}}
            {"uri":"at://did:web:alice.example.com/com.example.note/b",\
            "did":"did:web:alice.example.com","collection":"com.example.note","rkey":"b",\
            "rev":"3jzfcijpj2z2a","deleted":true}
            """);
  }

  @Test
  void howAnAccountStandsIsALineWhateverTheWordForIt() throws Exception {
    Instant at = Instant.parse("2026-02-03T04:05:06.789Z");
    try (JsonLinesSink sink = JsonLinesSink.open(file)) {
      sink.account(AccountEvent.active(ALICE, at));
      sink.account(AccountEvent.inactive(ALICE, "\"a\nb\u0000é\ud83d\ude80", at.plusNanos(1)));
    }

    assertThat(Files.readString(file))
        .isEqualTo(
            """
            {"did":"did:web:alice.example.com",\
            "account":{"active":true,"status":"active","at":"2026-02-03T04:05:06.789Z"}}
            {"did":"did:web:alice.example.com",\
            "account":{"active":false,"status":"\\"a\\nb\\u0000é\ud83d\ude80","at":"2026-02-03T04:05:06.789Z"}}
            """);
  }

  @Test
  void aRecordOfManyLinesIsOneLineThatMeansTheSame() throws Exception {
    byte[] json = "{\r\n  \"text\": \"two\\nlines\"\n}".getBytes();
    RecordPut put =
        new RecordPut(ALICE, NOTE, RecordKey.parse("a"), CID, REV, RecordValue.ofJson(json));

    writeOnce(put);

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(1);
    JsonNode value = new JsonMapper().readTree(lines.get(0)).get("value");
    assertThat(value.get("text").asText()).isEqualTo("two\nlines");
    assertThat(new String(json)).as("the caller's array").contains("\r\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 65_535, 65_536, 65_537, 200_000})
  void aLineThatWasNeverFinishedIsCutOff(int tornBytes) throws Exception {
    writeOnce(put("a", "{}"));
    String whole = Files.readString(file);
    Files.writeString(file, "x".repeat(tornBytes), StandardOpenOption.APPEND);

    writeOnce(put("b", "{}"));

    assertThat(Files.readString(file)).startsWith(whole).doesNotContain("x".repeat(2));
    assertThat(Files.readAllLines(file)).hasSize(2).allMatch(line -> line.endsWith("{}}"));
  }

  @Test
  void aFileThatIsNothingButATornLineIsEmptied() throws Exception {
    Files.writeString(file, "{\"uri\":\"at://");

    JsonLinesSink.open(file).close();

    assertThat(file).isEmptyFile();
  }

  @Test
  void whatFollowsAWriteThatFailedIsCutOffBeforeTheNext() throws Exception {
    try (JsonLinesSink sink = JsonLinesSink.open(file)) {
      sink.write(List.of(put("a", "{}")));
      // What a disk that was full for a moment leaves behind.
      Files.writeString(file, "{\"uri\":\"at://did:web:al", StandardOpenOption.APPEND);

      sink.write(List.of(put("b", "{}")));
    }

    assertThat(Files.readAllLines(file)).hasSize(2).allMatch(line -> line.endsWith("{}}"));
  }

  @Test
  void aWriterThatIsInterruptedClosesTheFileForNobody() throws Exception {
    try (JsonLinesSink sink = JsonLinesSink.open(file)) {
      Thread.currentThread().interrupt();
      sink.write(List.of(put("a", "{}")));
      assertThat(Thread.interrupted()).isTrue();

      sink.write(List.of(put("b", "{}")));
    }

    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  @Test
  void aFileBelongsToOneSinkAtATime() throws Exception {
    try (JsonLinesSink first = JsonLinesSink.open(file)) {
      assertThatThrownBy(() -> JsonLinesSink.open(file))
          .isInstanceOf(IOException.class)
          .hasMessage(file + " is being written by another sink");
      first.write(List.of(put("a", "{}")));
    }

    writeOnce(put("b", "{}"));
    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  @Test
  void aClosedSinkRefusesToWrite() throws Exception {
    JsonLinesSink sink = JsonLinesSink.open(file);
    sink.close();
    sink.close();

    assertThatThrownBy(() -> sink.write(List.of(put("a", "{}")))).isInstanceOf(IOException.class);
  }

  @Test
  void aFileThatCannotBeOpenedIsNamed() {
    Path nowhere = directory.resolve("no-such-directory").resolve("records.jsonl");

    assertThatThrownBy(() -> JsonLinesSink.open(nowhere))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(nowhere.toString());
  }

  @Test
  void aFullDiskIsTold() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "this system has no disk that is always full");

    try (JsonLinesSink sink = JsonLinesSink.open(full)) {
      assertThatThrownBy(() -> sink.write(List.of(put("a", "{}"))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
    }
  }
}

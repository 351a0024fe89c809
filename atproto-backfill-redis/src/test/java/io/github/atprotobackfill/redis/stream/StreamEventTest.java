package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of events, as Bluesky's own services write and read them. */
class StreamEventTest {

  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Cid CID =
      Cid.parse("bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq");
  private static final Cid COMMIT =
      Cid.parse("bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final Instant TIME = Instant.parse("2026-11-21T17:00:00.000Z");
  private static final String RECORD =
      "{\"$type\":\"com.example.note\", \"text\":\"h\u00e9\\u00e9\"}";

  private static final RecordPut PUT =
      new RecordPut(
              DID,
              Nsid.parse("com.example.note"),
              RecordKey.parse("a"),
              CID,
              REV,
              RecordValue.ofJson(RECORD))
          .withCommit(COMMIT);

  private static final String CREATE =
      "{\"type\":\"create\",\"seq\":-2,\"time\":\"2026-11-21T17:00:00.000Z\","
          + "\"did\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\","
          + "\"commit\":\"bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm\","
          + "\"rev\":\"3jzfcijpj2z2a\",\"collection\":\"com.example.note\",\"rkey\":\"a\","
          + "\"record\":"
          + RECORD
          + ",\"cid\":\"bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq\"}";

  private static final String DELETE =
      "{\"type\":\"delete\",\"seq\":-2,\"time\":\"2026-11-21T17:00:00.000Z\","
          + "\"did\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\",\"rev\":\"3jzfcijpj2z2a\","
          + "\"collection\":\"com.example.note\",\"rkey\":\"a\"}";

  // ---- writing

  @Test
  void aRecordIsWrittenAsACreate() {
    assertThat(text(StreamEventWriter.ofBackfill(PUT, TIME))).isEqualTo(CREATE);
  }

  @Test
  void aCommitThatIsNotKnownIsLeftOut() {
    assertThat(text(StreamEventWriter.ofBackfill(PUT.withCommit(null), TIME)))
        .isEqualTo(CREATE.replaceAll("\"commit\":\"[^\"]+\",", ""));
  }

  @Test
  void aDeleteHasNeitherRecordNorCid() {
    RecordDelete delete = new RecordDelete(DID, PUT.collection(), PUT.rkey(), REV);
    assertThat(text(StreamEventWriter.ofBackfill(delete, TIME))).isEqualTo(DELETE);
  }

  @Test
  void theEndOfARepoIsAMarker() {
    assertThat(text(StreamEventWriter.ofRepo(DID, REV, Optional.of(COMMIT), TIME)))
        .isEqualTo(
            "{\"type\":\"repo\",\"seq\":-2,\"time\":\"2026-11-21T17:00:00.000Z\","
                + "\"did\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\","
                + "\"commit\":\"bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm\","
                + "\"rev\":\"3jzfcijpj2z2a\"}");
  }

  @Test
  void anAccountSaysWhyOnlyWhereItIsNotActive() {
    assertThat(text(StreamEventWriter.ofAccount(AccountEvent.active(DID, TIME))))
        .isEqualTo(
            "{\"type\":\"account\",\"seq\":-2,\"time\":\"2026-11-21T17:00:00.000Z\","
                + "\"did\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\",\"active\":true}");
    assertThat(text(StreamEventWriter.ofAccount(AccountEvent.inactive(DID, "a\"b", TIME))))
        .endsWith("\"active\":false,\"status\":\"a\\\"b\"}");
  }

  // ---- reading

  @Test
  void whatWasWrittenIsRead() throws Exception {
    assertThat(changed(CREATE)).usingRecursiveComparison().isEqualTo(PUT);
    assertThat(changed(DELETE)).isEqualTo(new RecordDelete(DID, PUT.collection(), PUT.rkey(), REV));
    assertThat(read(text(StreamEventWriter.ofAccount(AccountEvent.deleted(DID, TIME)))))
        .isEqualTo(new StreamEvent.Account(AccountEvent.deleted(DID, TIME)));
  }

  @Test
  void aLiveEventIsReadWhateverElseIsInIt() throws Exception {
    String live =
        CREATE
            .replace("\"type\":\"create\"", "\"later\":{\"record\":[1]},\"type\":\"update\"")
            .replace("-2", "123456789012")
            .replace("\"commit\":", "\"blobs\":null,\"commit\":");
    RecordPut put = (RecordPut) changed(live);
    assertThat(put.value().jsonText()).isEqualTo(RECORD);
    assertThat(put.cid()).isEqualTo(CID);
  }

  @Test
  void anAccountThatIsNotActiveMayLeaveUnsaidWhy() throws Exception {
    StreamEvent event =
        read(
            "{\"type\":\"account\",\"seq\":1,\"time\":\"2026-11-21T17:00:00+01:00\",\"did\":\""
                + DID
                + "\",\"active\":false,\"status\":null}");
    AccountEvent account = ((StreamEvent.Account) event).event();
    assertThat(account.active()).isFalse();
    assertThat(account.isDeleted()).isFalse();
    assertThat(account.at()).isEqualTo("2026-11-21T16:00:00Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"repo", "identity", "sync", "something later", ""})
  void otherTypesAreRead(String type) throws Exception {
    assertThat(read("{\"type\":\"" + type + "\",\"handle\":\"a.test\"}"))
        .isEqualTo(new StreamEvent.Other(type));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"type\":\"create\"|\"type\":1|type is missing",
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz|nobody|did is malformed: nobody",
        "3jzfcijpj2z2a|yesterday|rev is malformed",
        "com.example.note\",\"rkey|notes\",\"rkey|collection is malformed",
        "\"rkey\":\"a\"|\"rkey\":\"..\"|rkey is malformed",
        "\"rkey\":\"a\",||rkey is missing",
        "\"rkey\":\"a\"|\"rkey\":[\"a\"]|rkey is missing or no text",
        "\"cid\":\"bafyrei|\"cid\":\"\u00e9|cid is malformed",
        "\"record\":|\"value\":|record is missing",
        "\"record\":|\"record\":{},\"record\":|record is there twice",
        "\"seq\":|\"did\":\"did:web:evil.example\",\"seq\":|did is there twice",
        "\"record\":{|\"record\":{{|not JSON",
      })
  void whatIsWrongIsSaid(String of, String made, String said) {
    String broken = CREATE.replace(of, made == null ? "" : made);
    assertThatThrownBy(() -> read(broken))
        .isInstanceOf(InvalidStreamEventException.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{}", "null", "[]", "7", "\"{}\"", "{} {}", "{}}", "{\"type\":", "x"})
  void whatIsNoEventIsRefused(String junk) {
    assertThatThrownBy(() -> read(junk)).isInstanceOf(InvalidStreamEventException.class);
  }

  @Test
  void otherEncodingsAreRefused() {
    assertThatThrownBy(() -> StreamEventReader.read(CREATE.getBytes(UTF_16LE)))
        .isInstanceOf(InvalidStreamEventException.class);
    assertThatThrownBy(() -> StreamEventReader.read(CREATE.getBytes(ISO_8859_1)))
        .isInstanceOf(InvalidStreamEventException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void theBoundsAreKept() throws Exception {
    int around = text(StreamEventWriter.ofBackfill(PUT, TIME)).length() - RECORD.length();
    String fits = "{\"text\":\"" + "x".repeat(StreamEventReader.MOST_BYTES - around - 20) + "\"}";
    assertThat(changed(CREATE.replace(RECORD, fits))).isNotNull();
    String tooLarge = fits.replace("xxxx\"", "x".repeat(100) + "\"");
    assertThatThrownBy(() -> read(CREATE.replace(RECORD, tooLarge)))
        .isInstanceOf(InvalidStreamEventException.class)
        .hasMessageContaining("bytes");
    assertThat(changed(CREATE.replace(RECORD, "{\"a\":" + nested(63) + "}"))).isNotNull();
    assertThatThrownBy(() -> read(CREATE.replace(RECORD, "{\"a\":" + nested(64) + "}")))
        .isInstanceOf(InvalidStreamEventException.class)
        .hasMessageContaining("depth");
  }

  @Test
  void anyDamageLeadsToAnEventOrToTheOneException() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = CREATE.getBytes(UTF_8);
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(StreamEventReader.read(damaged)).isNotNull();
      } catch (InvalidStreamEventException e) {
        assertThat(e).hasMessageStartingWith("it");
      }
    }
  }

  private static String nested(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  private static Object changed(String json) throws InvalidStreamEventException {
    return ((StreamEvent.Change) read(json)).event();
  }

  private static StreamEvent read(String json) throws InvalidStreamEventException {
    return StreamEventReader.read(json.getBytes(UTF_8));
  }

  private static String text(byte[] json) {
    return new String(json, UTF_8);
  }
}

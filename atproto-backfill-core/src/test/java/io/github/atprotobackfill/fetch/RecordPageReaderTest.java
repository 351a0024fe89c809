package io.github.atprotobackfill.fetch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPageReaderTest {

  private static final ServiceUrl PDS = new ServiceUrl("https", "pds.example.com", -1);
  private static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Nsid NOTE = Nsid.parse("com.example.note");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final String CID = "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq";

  @Test
  void cutsRecordsOutAsTheyStand() {
    String value =
        "{ \"b\" : [1, 2.50, \"\\u00e9\u20ac\ud83d\ude00\"],\n \"a\":{\"$link\":\"x\"} }";
    RecordPage page = read("{\"records\":[" + entry("3k", "{}") + "," + entry("3l", value) + "]}");
    assertThat(page.rejected()).isEmpty();
    assertThat(page.cursor()).isNull();
    assertThat(page.greatestKey()).isEqualTo("3l");
    assertThat(keys(page)).containsExactly("3k", "3l");
    RecordPut put = put(page, 1);
    assertThat(put.value().json()).isEqualTo(value.getBytes(UTF_8));
    assertThat(put.uri()).hasToString("at://" + ALICE + "/com.example.note/3l");
    assertThat(put.cid()).hasToString(CID);
    assertThat(put.rev()).isSameAs(REV);
    assertThat(put.did()).isSameAs(ALICE);
    assertThat(put.collection()).isSameAs(NOTE);
  }

  @Test
  void takesFieldsInAnyOrderAndSkipsUnknownOnes() {
    RecordPage page =
        read(
            "{\"cursor\":\"c\",\"extra\":[{\"records\":[]}],\"records\":[{\"value\":{\"n\":1},"
                + "\"x\":{\"uri\":\"at://a/b/c\"},\"cid\":\""
                + CID
                + "\",\"uri\":\""
                + uri("k")
                + "\"}]}");
    assertThat(page.cursor()).isEqualTo("c");
    assertThat(put(page, 0).value().jsonText()).isEqualTo("{\"n\":1}");
  }

  @Test
  void takesEveryFormOfRecordKey() {
    String longest = "k".repeat(512);
    RecordPage page =
        read(
            "{\"records\":["
                + String.join(
                    ",",
                    entry("-", "{}"),
                    entry(":", "{}"),
                    entry("A", "{}"),
                    entry("_", "{}"),
                    entry("a", "{}"),
                    entry(longest, "{}"),
                    entry("~", "{}"))
                + "]}");
    assertThat(keys(page)).containsExactly("-", ":", "A", "_", "a", longest, "~");
    assertThat(page.rejected()).isEmpty();
  }

  @Test
  void givesOneUriTwiceAsItCame() {
    RecordPage page =
        read("{\"records\":[" + entry("k", "{\"n\":1}") + "," + entry("k", "{\"n\":2}") + "]}");
    assertThat(page.records())
        .extracting(e -> ((RecordPut) e).value().jsonText())
        .containsExactly("{\"n\":1}", "{\"n\":2}");
  }

  @Test
  void putsAPageInOrderOfKeys() {
    RecordPage page =
        read(
            "{\"records\":["
                + String.join(",", entry("c", "{}"), entry("a", "{\"n\":1}"), entry("a", "{}"))
                + "]}");
    assertThat(keys(page)).containsExactly("a", "a", "c");
    assertThat(put(page, 0).value().jsonText()).isEqualTo("{\"n\":1}");
    assertThat(page.greatestKey()).isEqualTo("c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "17",
        "null",
        "[]",
        "{}",
        "{\"uri\":\"at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/com.example.note/k\"}",
        "{\"uri\":\"URI\",\"cid\":\"CID\"}",
        "{\"uri\":\"URI\",\"value\":{}}",
        "{\"uri\":7,\"cid\":\"CID\",\"value\":{}}",
        "{\"uri\":\"URI\",\"cid\":null,\"value\":{}}",
        "{\"uri\":\"URI\",\"cid\":\"not a cid\",\"value\":{}}",
        "{\"uri\":\"URI\",\"cid\":\"CID\",\"value\":\"text\"}",
        "{\"uri\":\"URI\",\"cid\":\"CID\",\"value\":[{}]}",
        "{\"uri\":\"URI\",\"cid\":\"CID\",\"value\":null}",
        "{\"uri\":\"URI/more\",\"cid\":\"CID\",\"value\":{}}",
        "{\"uri\":\"URI%2f\",\"cid\":\"CID\",\"value\":{}}",
        "{\"uri\":\"URI#x\",\"cid\":\"CID\",\"value\":{}}",
        "{\"uri\":\"at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/com.example.note/\","
            + "\"cid\":\"CID\",\"value\":{}}",
        "{\"uri\":\"at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/com.example.notes/k\","
            + "\"cid\":\"CID\",\"value\":{}}",
        "{\"uri\":\"at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/com.example.note/k\","
            + "\"cid\":\"CID\",\"value\":{}}",
        "{\"uri\":\"at://alice.example.com/com.example.note/k\",\"cid\":\"CID\",\"value\":{}}",
        "{\"uri\":\"URI\",\"cid\":\"CID\",\"value\":{\"t\":\"\\ud800\"}}"
      })
  void leavesOutWhatIsNoRecordOfThisCollection(String bad) {
    String entry = bad.replace("URI", uri("k")).replace("\"CID\"", '"' + CID + '"');
    RecordPage page =
        read("{\"records\":[" + entry("a", "{}") + "," + entry + "," + entry("z", "{}") + "]}");
    assertThat(keys(page)).containsExactly("a", "z");
    assertThat(page.rejected()).hasSize(1);
    assertThat(page.rejected().get(0).kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
    assertThat(page.rejected().get(0).message())
        .startsWith("pds.example.com com.atproto.repo.listRecords: ");
  }

  @Test
  void namesTheRecordLeftOut() {
    RecordPage page =
        read("{\"records\":[{\"uri\":\"" + uri("k") + "\",\"cid\":\"" + CID + "\"}]}");
    assertThat(page.rejected().get(0).message()).contains(uri("k"));
    assertThat(page.greatestKey()).isEqualTo("k");
  }

  @Test
  void boundsDepthSizeAndTokensOfARecord() {
    int most = RecordPageReader.MAX_RECORD_DEPTH - 1;
    assertThat(readValue("{\"d\":" + nested(most) + "}").records()).hasSize(1);
    assertLeftOut("{\"d\":" + nested(most + 1) + "}", "levels deep");
    assertLeftOut("{\"d\":" + nested(5_000) + "}", "levels deep");

    int text = RecordPageReader.MAX_RECORD_BYTES - "{\"t\":\"\"}".length();
    assertThat(readValue("{\"t\":\"" + "x".repeat(text) + "\"}").records()).hasSize(1);
    assertLeftOut("{\"t\":\"" + "x".repeat(text + 1) + "\"}", "bytes");

    assertThat(readValue("{\"n\":" + "9".repeat(1_000) + "}").records()).hasSize(1);
    assertLeftOut("{\"n\":" + "9".repeat(1_001) + "}", "absurd length");
    assertLeftOut("{\"" + "n".repeat(50_001) + "\":1}", "absurd length");
  }

  @Test
  void everyRecordTakenCanBeReadAsATree() {
    RecordPage page =
        readValue("{\"" + "n".repeat(50_000) + "\":" + "9".repeat(1_000) + ",\"f\":1e-999}");
    assertThat(put(page, 0).value().tree().size()).isEqualTo(2);
  }

  // The tokenizer passes over overlong forms and encoded surrogates in strings that it skips.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00c0\u0080",
        "\u00c1\u00bf",
        "\u00e0\u0080\u0080",
        "\u00ed\u00a0\u0080",
        "\u00ed\u00bf\u00bf",
        "\u00f0\u0080\u0080\u0080",
        "\u00f4\u0090\u0080\u0080",
        "\u00f5\u0080\u0080\u0080",
        "\u00f7\u00bf\u00bf\u00bf"
      })
  void leavesOutTextThatIsNotUtf8(String bytes) {
    String page =
        "{\"records\":["
            + entry("a", "{}")
            + ","
            + entry("k", "{\"t\":[\"" + bytes + "\"]}")
            + "]}";
    RecordPage read = reader().read(page.getBytes(ISO_8859_1), NOTE, REV, null);
    assertThat(keys(read)).containsExactly("a");
    assertThat(read.rejected())
        .singleElement()
        .satisfies(failure -> assertThat(failure.message()).contains("not Unicode"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0080", "\u00bf", "\u00c3x", "\u00e2\u0082x", "\u00f8\u0080", "\u00ff"})
  void refusesAPageWithBytesThatAreNoText(String bytes) {
    String page = "{\"records\":[" + entry("k", "{\"t\":\"" + bytes + "\"}") + "]}";
    assertThatThrownBy(() -> reader().read(page.getBytes(ISO_8859_1), NOTE, REV, null))
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("not valid JSON");
  }

  @Test
  void refusesAFloodOfEntries() {
    String page = "{\"records\":[" + "1,".repeat(1_000) + "1]}";
    assertThatThrownBy(() -> read(page))
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("more than 1000 entries");
  }

  @Test
  void refusesACutPage() {
    String page = "{\"records\":[" + entry("a", "{\"t\":\"x\"}") + "],\"cursor\":\"a\"}";
    for (int length = 0; length < page.length(); length++) {
      String cut = page.substring(0, length);
      assertThatThrownBy(() -> read(cut))
          .isInstanceOf(XrpcException.class)
          .hasMessageStartingWith("pds.example.com com.atproto.repo.listRecords: ");
    }
  }

  private static void assertLeftOut(String value, String why) {
    RecordPage page = readValue(value);
    assertThat(page.records()).isEmpty();
    assertThat(page.rejected())
        .singleElement()
        .satisfies(failure -> assertThat(failure.message()).contains(uri("k")).contains(why));
  }

  private static RecordPage readValue(String value) {
    return read("{\"records\":[" + entry("k", value) + "]}");
  }

  private static RecordPage read(String body) {
    return reader().read(body.getBytes(UTF_8), NOTE, REV, null);
  }

  private static RecordPageReader reader() {
    return new RecordPageReader(PDS, ALICE, 1_000);
  }

  private static String entry(String key, String value) {
    return "{\"uri\":\"" + uri(key) + "\",\"cid\":\"" + CID + "\",\"value\":" + value + "}";
  }

  private static String uri(String key) {
    return "at://" + ALICE + "/" + NOTE + "/" + key;
  }

  private static String nested(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  private static List<String> keys(RecordPage page) {
    return page.records().stream().map(RecordEvent::rkey).map(Object::toString).toList();
  }

  private static RecordPut put(RecordPage page, int index) {
    return (RecordPut) page.records().get(index);
  }
}

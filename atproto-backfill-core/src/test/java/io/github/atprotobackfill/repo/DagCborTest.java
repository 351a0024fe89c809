package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.atprotobackfill.failure.ErrorKind;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DagCborTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String CID = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm";
  private static final String LINK =
      "d82a582500017112209dfefe61dd76ea3dcae5023880b08379d57adf20482d6fdbe2759289f647677b";

  /** One item in each of the two forms, in the canonical way of both. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "f4 | false",
        "f5 | true",
        "f6 | null",
        "00 | 0",
        "09 | 9",
        "0a | 10",
        "17 | 23",
        "1818 | 24",
        "18ff | 255",
        "190100 | 256",
        "19ffff | 65535",
        "1a00010000 | 65536",
        "1affffffff | 4294967295",
        "1b0000000100000000 | 4294967296",
        "1b7fffffffffffffff | 9223372036854775807",
        "20 | -1",
        "37 | -24",
        "3818 | -25",
        "3b7fffffffffffffff | -9223372036854775808",
        "60 | \"\"",
        "6161 | \"a\"",
        "63e282ac | \"€\"",
        "64f09f9880 | \"😀\"",
        "62225c | \"\\\"\\\\\"",
        "612f | \"/\"",
        "617f | \"\u007f\"",
        "680001080c0a0d091f | \"\\u0000\\u0001\\b\\f\\n\\r\\t\\u001f\"",
        "7818616161616161616161616161616161616161616161616161 | \"aaaaaaaaaaaaaaaaaaaaaaaa\"",
        "40 | {\"$bytes\":\"\"}",
        "4101 | {\"$bytes\":\"AQ\"}",
        "420102 | {\"$bytes\":\"AQI\"}",
        "43010203 | {\"$bytes\":\"AQID\"}",
        "43fbefbe | {\"$bytes\":\"++++\"}",
        "43ffffff | {\"$bytes\":\"////\"}",
        "80 | []",
        "8101 | [1]",
        "820180 | [1,[]]",
        "a0 | {}",
        "a1616101 | {\"a\":1}",
        "a26162f6626161a0 | {\"b\":null,\"aa\":{}}",
        "a2606061 61 01 | {\"\":\"\",\"a\":1}",
        "a164247a7a7a01 | {\"$zzz\":1}",
        "a165247479706561 61 | {\"$type\":\"a\"}",
        "d82a4600015500017a | {\"$link\":\"bafkqaal2\"}",
      })
  void eachItemHasOneFormInEachOfBoth(String cbor, String json) {
    assertThat(json(cbor.replace(" ", ""))).isEqualTo(json);
    assertThat(cbor(json)).isEqualTo(cbor.replace(" ", ""));
  }

  @Test
  void aLinkIsItsCid() {
    assertThat(json(LINK)).isEqualTo("{\"$link\":\"" + CID + "\"}");
    assertThat(cbor("{ \"$link\" : \"" + CID + "\" }")).isEqualTo(LINK);
  }

  @Test
  void aBlobIsKept() {
    String blob =
        "{\"ref\":{\"$link\":\"%s\"},\"size\":-1,\"$type\":\"blob\",\"mimeType\":\"\"}"
            .formatted(CID);

    assertThat(json(cbor(blob))).isEqualTo(blob);
  }

  @Test
  void aBlobOfTheOldFormIsAMapLikeOthers() {
    String blob = "{\"cid\":\"%s\",\"mimeType\":\"image/png\"}".formatted(CID);

    assertThat(json(cbor(blob))).isEqualTo(blob);
  }

  @Test
  void odd_types_and_blobs_of_blocks_are_given_as_they_are() {
    assertThat(json("a1652474797065f6")).isEqualTo("{\"$type\":null}");
    assertThat(json("a165247479706501")).isEqualTo("{\"$type\":1}");
    assertThat(json("a16524747970656462" + "6c6f62")).isEqualTo("{\"$type\":\"blob\"}");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | nothing",
        "0000 | two items",
        "f4f4 | two constants",
        "1817 | an integer in a longer form than needed, 1 byte",
        "1900ff | an integer in a longer form than needed, 2 bytes",
        "1a0000ffff | an integer in a longer form than needed, 4 bytes",
        "1b00000000ffffffff | an integer in a longer form than needed, 8 bytes",
        "3817 | a negative integer in a longer form than needed",
        "580141 | bytes with a longer length than needed",
        "780161 | a text with a longer length than needed",
        "9800 | an array with a longer length than needed",
        "b800 | a map with a longer length than needed",
        "d9002a582500017112209dfefe61dd76ea3dcae5023880b08379d57adf20482d6fdbe2759289f647677b | a tag in a longer form than needed",
        "1b8000000000000000 | an integer of 65 bits with its sign",
        "1bffffffffffffffff | an integer of 65 bits with its sign, the greatest",
        "3b8000000000000000 | a negative integer of 65 bits",
        "3bffffffffffffffff | a negative integer of 65 bits, the smallest",
        "5f4101ff | bytes of indefinite length",
        "7f6161ff | a text of indefinite length",
        "9f01ff | an array of indefinite length",
        "bf616101ff | a map of indefinite length",
        "1c | a reserved head, 28",
        "1e | a reserved head, 30",
        "ff | a break",
        "f97e00 | a float of 16 bits",
        "fa3f800000 | a float of 32 bits",
        "fb3ff0000000000000 | a float of 64 bits",
        "f7 | undefined",
        "e0 | a simple value",
        "f820 | a simple value of two bytes",
        "c074323031332d30332d32315432303a30343a30305a | a tag other than that of links",
        "c249010000000000000000 | a big integer",
        "d82a01 | a link that is no byte string",
        "d82a40 | a link without a byte",
        "d82a4100 | a link without a CID",
        "d82a582501017112209dfefe61dd76ea3dcae5023880b08379d57adf20482d6fdbe2759289f647677b | a link without the prefix of binary",
        "d82a58230012209dfefe61dd76ea3dcae5023880b08379d57adf20482d6fdbe2759289f647677b | a CID of version 0",
        "d82a582500027112209dfefe61dd76ea3dcae5023880b08379d57adf20482d6fdbe2759289f647677b | a CID of version 2",
        "d82a5824000171122 09dffe61dd776ea3dcae504388809070fd57adf20482d6fdbe27592897e8ee7 | a hash that is cut",
        "d82a450001550002 | a hash shorter than its length",
        "d82a43000155 | a CID without a hash",
        "d82a4400015500 | a CID without the length of its hash",
        "d82a460001d5000000 | a codec in a longer form than needed",
        "d82a4400018080 | a codec without its end",
        "6181 | a text that begins within a character",
        "61c3 | a text that is cut within a character",
        "62c080 | an overlong character of 2 bytes",
        "63e08080 | an overlong character of 3 bytes",
        "64f0808080 | an overlong character of 4 bytes",
        "63eda080 | half a surrogate pair",
        "64f4908080 | a character beyond Unicode",
        "64f8808080 | a byte that UTF-8 does not have",
        "63e28261 | a character that another interrupts",
        "6a61616161616161616181 | a text that is broken after eight bytes",
        "a10101 | a key that is an integer",
        "a1410101 | a key that is bytes",
        "a161c301 | a key that is not UTF-8",
        "a2616201616101 | keys out of order",
        "a262616101616201 | a longer key before a shorter",
        "a2616101616101 | a key twice",
        "a2606060 60 | an empty key twice",
        "a165246c696e6b6161 | a map that JSON would take for a link",
        "a166246279746573 6161 | a map that JSON would take for bytes",
        "a2616101 65246c696e6b6161 | a map with the key of a link",
        "5a00500000 | bytes longer than what is left",
        "7a7fffffff | a text longer than what is left",
        "7b7fffffffffffffff | a text of absurd length",
        "9a7fffffff | an array of absurd length",
        "84010203 | an array that is cut",
        "a26161016162 | a map that is cut",
        "19 | a head that is cut",
      })
  void whatBreaksARuleIsRefused(String cbor, String what) {
    byte[] bytes = HexFormat.of().parseHex(cbor.replace(" ", ""));

    assertThatThrownBy(() -> DagCbor.toJson(bytes))
        .as(what)
        .isInstanceOfSatisfying(
            InvalidRepoException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR));
    assertThatThrownBy(() -> DagCbor.tree(bytes, 0, bytes.length))
        .isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> DagCbor.validate(bytes, 0, bytes.length))
        .isInstanceOf(InvalidRepoException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1 2",
        "{} {}",
        "{}x",
        "[]\u0000",
        "nul",
        "nulL",
        "True",
        "NaN",
        "undefined",
        "01",
        "-",
        "-01",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x1",
        "1.5",
        "-1e-1",
        "1e19",
        "9223372036854775808",
        "-9223372036854775809",
        "9223372036854775807.5",
        "18446744073709551616",
        "92233720368547758070",
        "1e2147483648",
        "1e99999999999",
        "\"",
        "\"a",
        "\"\\",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud800\\ud800\"",
        "\"\\ud800x\"",
        "\"\\udc00\\ud800\"",
        "\"\n\"",
        "\"abcdefgh\u0001\"",
        "'a'",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "{\"b\":1,\"a\":2,\"\\u0061\":3}",
        "/**/1",
        "\ufeff1",
        "{\"$link\":\"bafkqaal2\",\"a\":1}",
        "{\"a\":1,\"$link\":\"bafkqaal2\"}",
        "{\"$link\":\"bafkqaal2\",\"$link\":\"bafkqaal2\"}",
        "{\"$link\":null}",
        "{\"$link\":\"\"}",
        "{\"$link\":\"b\"}",
        "{\"$link\":\"bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpn\"}",
        "{\"$link\":\"bafkqaal\"}",
        "{\"$link\":\"BAFKQAAL2\"}",
        "{\"$link\":\"zdpuAmoZixxJjvosviGeYcqduzDhSwGV2bL6ZTTXo1hbEJHfq\"}",
        "{\"$link\":\"QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG\"}",
        "{\"$bytes\":[1]}",
        "{\"$bytes\":\"A\"}",
        "{\"$bytes\":\"AQ=\"}",
        "{\"$bytes\":\"-_-_\"}",
        "{\"$bytes\":\"AQ I\"}",
        "{\"$bytes\":\"é\"}",
        "{\"$bytes\":\"AQ\",\"b\":1}",
        "{\"$type\":null}",
        "{\"$type\":\"\"}",
        "{\"$type\":{}}",
        "{\"$type\":{\"$bytes\":\"AQ\"}}",
        "{\"$type\":\"blob\"}",
        "{\"$type\":\"blob\",\"mimeType\":\"a/b\",\"ref\":{\"$link\":\"bafkqaal2\"},\"size\":1,\"x\":1}",
        "{\"$type\":\"blob\",\"mimeType\":\"a/b\",\"ref\":\"bafkqaal2\",\"size\":1}",
        "{\"$type\":\"blob\",\"mimeType\":1,\"ref\":{\"$link\":\"bafkqaal2\"},\"size\":1}",
      })
  void jsonThatIsNotOfTheDataModelIsRefused(String json) {
    assertThatThrownBy(() -> DagCbor.encodeJson(json.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            InvalidRepoException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR));
  }

  @ParameterizedTest
  @ValueSource(strings = {"81", "c3", "c080", "eda080", "f4908080", "6161616161616161c3"})
  void jsonThatIsNotUtf8IsRefused(String text) {
    byte[] json = HexFormat.of().parseHex("22" + text + "22");

    assertThatThrownBy(() -> DagCbor.encodeJson(json)).isInstanceOf(InvalidRepoException.class);
  }

  /** Other spellings that JSON allows. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "-0 | 0",
        "-0.0 | 0",
        "0e5 | 0",
        "123.0 | 123",
        "-1.50e1 | -15",
        "1E+2 | 100",
        "10e-1 | 1",
        "9223372036854775807.000 | 9223372036854775807",
        "-9.223372036854775808e18 | -9223372036854775808",
        "\"\\u0041\\/\\u00e9\\u20ac\\ud83d\\ude00\" | \"A/é€😀\"",
        "\"\\uD83D\\uDE00é\\n\" | \"😀é\\n\"",
        "{\"aa\":1,\"b\":2,\"a\":{\"d\":[3],\"c\":4}} | {\"a\":{\"c\":4,\"d\":[3]},\"b\":2,\"aa\":1}",
        "{\"é\":1,\"zz\":2,\"z\":3} | {\"z\":3,\"zz\":2,\"é\":1}",
        "{\"$bytes\":\"AQ==\"} | {\"$bytes\":\"AQ\"}",
        "{\"$bytes\":\"AQI=\"} | {\"$bytes\":\"AQI\"}",
        "{\"\\u0024bytes\":\"\\u0041Q\"} | {\"$bytes\":\"AQ\"}",
        "[ 1 , 2 ] | [1,2]",
        "{ } | {}",
      })
  void otherSpellingsComeToTheSame(String json, String canonical) {
    assertThat(json(cbor(json))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"", "\\", "\n", "\u001f", " ", "\u007f", "é", "日", "🎉"})
  void aTextOfAnyLengthKeepsWhatStandsAnywhereInIt(String character) throws Exception {
    for (int length = 0; length < 40; length++) {
      for (int place = 0; place <= length; place++) {
        String text = "x".repeat(place) + character + "x".repeat(length - place);
        byte[] written = MAPPER.writeValueAsBytes(List.of(text, text));

        String read = new String(DagCbor.toJson(DagCbor.encodeJson(written)), UTF_8);

        assertThat(MAPPER.readValue(read, String[].class)).containsExactly(text, text);
      }
    }
  }

  @Test
  void blanksMayStandBetweenTokens() {
    assertThat(cbor("\t{ \"a\"\r\n:\n[ ] , \"b\" : null }\n "))
        .isEqualTo("a2616180 6162f6".replace(" ", ""));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 24, 255, 256, 65_535, 65_536})
  void lengthsOfEverySizeAreKept(int size) {
    String text = "\"" + "a".repeat(size) + "\"";
    String escaped = "\"" + "\\n".repeat(size) + "\"";
    String array = list("[", size, i -> "0", "]");
    String map = list("{", size, i -> "\"k%06d\":0".formatted(i), "}");
    String unsorted = list("{", size, i -> "\"k%06d\":0".formatted(size - i), "}");

    assertThat(json(cbor(text))).isEqualTo(text);
    assertThat(json(cbor(escaped))).isEqualTo(escaped);
    assertThat(json(cbor(array))).isEqualTo(array);
    assertThat(json(cbor(map))).isEqualTo(map);
    assertThat(cbor(unsorted)).hasSameSizeAs(cbor(map));
    assertThat(json(cbor(unsorted))).isEqualTo(json(cbor(json(cbor(unsorted)))));
  }

  @Test
  void nestingIsLimited() {
    String deepest = "[".repeat(DagCbor.MAX_DEPTH) + "]".repeat(DagCbor.MAX_DEPTH);
    String inMaps = "{\"a\":".repeat(DagCbor.MAX_DEPTH) + "1" + "}".repeat(DagCbor.MAX_DEPTH);

    assertThat(json(cbor(deepest))).isEqualTo(deepest);
    assertThat(json(cbor(inMaps))).isEqualTo(inMaps);
    assertRefused("[" + deepest + "]", "81".repeat(DagCbor.MAX_DEPTH) + "80");
    assertRefused("[" + inMaps + "]", "a16161".repeat(DagCbor.MAX_DEPTH) + "a0");
  }

  @Test
  void linksAndBytesAreALevelOfTheirOwn() {
    String around = "81".repeat(DagCbor.MAX_DEPTH - 1);
    String bytes = json(around + "40");

    assertThat(cbor(bytes)).isEqualTo(around + "40");
    assertThat(cbor(json(around + LINK))).isEqualTo(around + LINK);
    assertRefused("[" + bytes + "]", around + "8140");
    assertRefused("[" + json(around + LINK) + "]", around + "81" + LINK);
  }

  @Test
  void anAbsurdNestingIsRefusedInGoodTime() {
    assertRefused("[".repeat(5_000_000), "81".repeat(5_000_000));
    assertRefused("{\"a\":".repeat(1_000_000), "a16161".repeat(1_000_000));
  }

  @Test
  void theItemsOfOneContainerAreLimited() {
    String most = list("[", DagCbor.MAX_ITEMS, i -> "0", "]");
    String mostEntries = list("{", DagCbor.MAX_ITEMS, i -> "\"%06d\":0".formatted(i), "}");

    assertThat(json(cbor(most))).isEqualTo(most);
    assertThat(json(cbor(mostEntries))).isEqualTo(mostEntries);
    assertRefused(
        list("[", DagCbor.MAX_ITEMS + 1, i -> "0", "]"),
        "9a00020001" + "00".repeat(DagCbor.MAX_ITEMS + 1));
    assertRefused(
        list("{", DagCbor.MAX_ITEMS + 1, i -> "\"%06d\":0".formatted(i), "}"),
        "ba00020001"
            + IntStream.rangeClosed(0, DagCbor.MAX_ITEMS)
                .mapToObj(
                    i ->
                        "66" + HexFormat.of().formatHex("%06d".formatted(i).getBytes(UTF_8)) + "00")
                .collect(Collectors.joining()));
  }

  @Test
  void theLengthOfAKeyIsLimited() {
    String longest = "{\"" + "k".repeat(DagCbor.MAX_KEY_BYTES) + "\":1}";
    String hex = "6b".repeat(DagCbor.MAX_KEY_BYTES);

    assertThat(json(cbor(longest))).isEqualTo(longest);
    assertThat(cbor(longest)).isEqualTo("a1792000" + hex + "01");
    assertRefused(
        "{\"" + "k".repeat(DagCbor.MAX_KEY_BYTES + 1) + "\":1}", "a1792001" + hex + "6b01");
  }

  @Test
  void theSizeOfABlockIsLimited() {
    int longest = DagCbor.MAX_BYTES - 5;
    String text = "\"" + "a".repeat(longest) + "\"";

    assertThat(json(cbor(text))).isEqualTo(text);
    assertRefused(
        "\"" + "a".repeat(longest + 1) + "\"",
        "7a%08x".formatted(longest + 1) + "61".repeat(longest + 1));
  }

  @Test
  void theLengthOfALinkIsLimited() {
    int longest = DagCbor.MAX_LINK_BYTES - 4;
    String link = "d82a586500015500%02x".formatted(longest) + "07".repeat(longest);
    String longer = "d82a586600015500%02x".formatted(longest + 1) + "07".repeat(longest + 1);

    assertThat(cbor(json(link))).isEqualTo(link);
    byte[] cid = HexFormat.of().parseHex(longer.substring(10));
    byte[] text = new byte[Base32.length(cid.length)];
    Base32.encode(cid, 0, cid.length, text, 0);
    assertRefused("{\"$link\":\"b" + new String(text, UTF_8) + "\"}", longer);
  }

  @Test
  void theLengthOfANumberIsLimited() {
    String longest = "1." + "0".repeat(DagCbor.MAX_NUMBER_CHARS - 2);

    assertThat(cbor(longest)).isEqualTo("01");
    assertThatThrownBy(() -> cbor(longest + "0")).isInstanceOf(InvalidRepoException.class);
  }

  @Test
  void aRecordIsAMap() {
    byte[] map = HexFormat.of().parseHex("a0");
    byte[] array = HexFormat.of().parseHex("80");
    byte[] link = HexFormat.of().parseHex(LINK);

    assertThat(DagCbor.recordToJson(map, 0, 1)).isEqualTo("{}".getBytes(UTF_8));
    assertThatThrownBy(() -> DagCbor.recordToJson(array, 0, 1))
        .isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> DagCbor.recordToJson(map, 0, 0))
        .isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(
            () ->
                new DagCborEncoder()
                    .recordCid(DagCbor.toJson(link), 0, DagCbor.toJson(link).length))
        .isInstanceOf(InvalidRepoException.class);
    assertThat(new DagCborEncoder().recordCid("{}".getBytes(UTF_8), 0, 2))
        .isEqualTo(BlockCid.of(map));
  }

  @Test
  void aPartOfAnArrayIsReadAsIfItWereAlone() {
    byte[] bytes = HexFormat.of().parseHex("ffff" + "a1616163e282ac" + "ff");
    byte[] json = "x[1]]".getBytes(UTF_8);

    assertThat(DagCbor.toJson(bytes, 2, 9)).asString().isEqualTo("{\"a\":\"€\"}");
    assertThatThrownBy(() -> DagCbor.toJson(bytes, 2, 8)).isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> DagCbor.toJson(bytes, 2, 10)).isInstanceOf(InvalidRepoException.class);
    assertThat(DagCbor.encodeJson(json, 1, 4)).containsExactly(0x81, 1);
    assertThatThrownBy(() -> DagCbor.encodeJson(json, 1, 3))
        .isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> DagCbor.encodeJson(json, 1, 5))
        .isInstanceOf(InvalidRepoException.class);
  }

  @Test
  void oneInstanceGoesOnAfterARefusal() {
    DagCborEncoder encoder = new DagCborEncoder();
    DagCborTranscoder transcoder = new DagCborTranscoder();
    byte[] json = "{\"a\":[1,{\"b\":2}]}".getBytes(UTF_8);
    byte[] cut = "{\"a\":[1,{\"b\":2".getBytes(UTF_8);
    byte[] block = DagCbor.encodeJson(json);

    assertThatThrownBy(() -> encoder.encode(cut, 0, cut.length))
        .isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> transcoder.toJson(block, 0, block.length - 1))
        .isInstanceOf(InvalidRepoException.class);

    assertThat(encoder.encode(json, 0, json.length)).isEqualTo(block);
    assertThat(transcoder.toJson(block, 0, block.length)).isEqualTo(json);
  }

  private static void assertRefused(String json, String cbor) {
    byte[] text = json.getBytes(UTF_8);
    byte[] bytes = HexFormat.of().parseHex(cbor);
    assertThatThrownBy(() -> DagCbor.encodeJson(text)).isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> DagCbor.toJson(bytes)).isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> DagCbor.tree(bytes, 0, bytes.length))
        .isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> DagCbor.validate(bytes, 0, bytes.length))
        .isInstanceOf(InvalidRepoException.class);
  }

  private static String list(
      String opening, int size, java.util.function.IntFunction<String> item, String closing) {
    return IntStream.range(0, size)
        .mapToObj(item)
        .collect(Collectors.joining(",", opening, closing));
  }

  private static String json(String hex) {
    byte[] block = HexFormat.of().parseHex(hex);
    DagCbor.validate(block, 0, block.length);
    return new String(DagCbor.toJson(block), UTF_8);
  }

  private static String cbor(String json) {
    return HexFormat.of().formatHex(DagCbor.encodeJson(json.getBytes(UTF_8)));
  }
}

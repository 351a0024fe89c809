package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds for whatever the data model can say, and for whatever it cannot. */
class DagCborPropertiesTest {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final JsonMapper STRICT_JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final CBORMapper JACKSON_CBOR = new CBORMapper();

  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "text",
          "$type",
          "app.bsky.feed.post",
          "\u0000\t\n\"\\/",
          "é",
          "日本語のテキスト",
          "😀👩‍👩‍👧",
          "\u007f\u0080\u07ff\u0800\uffff\ufeff",
          "$unknown",
          "createdAt");

  @Property(tries = 1_000)
  void jsonComesBackFromDagCborAsItWas(@ForAll long seed) throws IOException {
    JsonNode tree = new Trees(seed).any();
    byte[] json = STRICT_JSON.writeValueAsBytes(tree);

    byte[] block = DagCbor.encodeJson(json);

    DagCbor.validate(block, 0, block.length);
    assertThat(DagCbor.tree(block, 0, block.length)).isEqualTo(tree);
    assertThat(DagCbor.encodeJson(DagCbor.toJson(block))).isEqualTo(block);
  }

  @Property(tries = 500)
  void theOrderAndSpellingOfJsonDoNotMatter(@ForAll long seed) throws IOException {
    JsonNode tree = new Trees(seed).any();
    JsonNode shuffled = shuffled(tree, new Random(seed));
    byte[] spelled =
        JsonMapper.builder()
            .enable(com.fasterxml.jackson.core.json.JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsBytes(shuffled);

    assertThat(DagCbor.encodeJson(spelled))
        .isEqualTo(DagCbor.encodeJson(STRICT_JSON.writeValueAsBytes(tree)));
  }

  /** Jackson knows nothing of links and bytes, so it sees the bytes behind them. */
  @Property(tries = 500)
  void anotherReaderSeesTheSame(@ForAll long seed) throws IOException {
    JsonNode tree = new Trees(seed).any();

    JsonNode seen = JACKSON_CBOR.readTree(DagCbor.encodeJson(STRICT_JSON.writeValueAsBytes(tree)));

    assertThat(seen.toString()).isEqualTo(sorted(tree).toString());
  }

  @Property(tries = 40)
  void noBlockIsWholeIfItIsCut(@ForAll long seed) throws IOException {
    byte[] json = STRICT_JSON.writeValueAsBytes(new Trees(seed).object(3));
    byte[] block = DagCbor.encodeJson(json);

    for (int end = 0; end < block.length; end++) {
      int cut = end;
      byte[] alone = Arrays.copyOf(block, cut);
      assertThatThrownBy(() -> DagCbor.toJson(alone)).isInstanceOf(InvalidRepoException.class);
      assertThatThrownBy(() -> DagCbor.toJson(block, 0, cut))
          .isInstanceOf(InvalidRepoException.class);
      assertThatThrownBy(() -> DagCbor.validate(block, 0, cut))
          .isInstanceOf(InvalidRepoException.class);
    }
    for (int end = 0; end < json.length; end++) {
      byte[] cut = Arrays.copyOf(json, end);
      assertThatThrownBy(() -> DagCbor.encodeJson(cut)).isInstanceOf(InvalidRepoException.class);
    }
  }

  @Property(tries = 5_000)
  void aMutatedBlockIsRefusedOrIsTheOneFormOfWhatItSays(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int mutations) throws IOException {
    byte[] block = DagCbor.encodeJson(STRICT_JSON.writeValueAsBytes(new Trees(seed).object(3)));
    byte[] mutated = mutated(block, new Random(seed), mutations);
    byte[] json;
    try {
      json = DagCbor.toJson(mutated);
    } catch (InvalidRepoException e) {
      assertThatThrownBy(() -> DagCbor.validate(mutated, 0, mutated.length))
          .isInstanceOf(InvalidRepoException.class);
      assertThatThrownBy(() -> DagCbor.tree(mutated, 0, mutated.length))
          .isInstanceOf(InvalidRepoException.class);
      return;
    }
    DagCbor.validate(mutated, 0, mutated.length);
    assertThat(DagCbor.tree(mutated, 0, mutated.length)).isEqualTo(STRICT_JSON.readTree(json));
    assertThat(DagCbor.encodeJson(json)).isEqualTo(mutated);
  }

  @Property(tries = 5_000)
  void mutatedJsonIsRefusedWhereAnotherStrictReaderRefusesIt(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int mutations) throws IOException {
    byte[] json = STRICT_JSON.writeValueAsBytes(new Trees(seed).object(3));
    byte[] mutated = mutated(json, new Random(seed), mutations);
    byte[] block;
    try {
      block = DagCbor.encodeJson(mutated);
    } catch (InvalidRepoException e) {
      return;
    }
    // What is taken is JSON to others too, and they see the same in it.
    JsonNode seen = STRICT_JSON.readTree(mutated);
    assertThat(DagCbor.encodeJson(STRICT_JSON.writeValueAsBytes(seen))).isEqualTo(block);
    assertThat(DagCbor.encodeJson(DagCbor.toJson(block))).isEqualTo(block);
  }

  @Property(tries = 1_000)
  void theValuesOfAnotherStrictReaderAreTaken(@ForAll long seed) throws IOException {
    byte[] json = STRICT_JSON.writeValueAsBytes(new Trees(seed).object(3));
    byte[] mutated = mutated(json, new Random(seed), 1);
    boolean plain;
    try (JsonParser parser = STRICT_JSON.createParser(mutated)) {
      JsonNode read = STRICT_JSON.readTree(parser); // null of nothing but blanks
      plain = read != null && isPlain(read) && parser.nextToken() == null;
    } catch (IOException e) {
      plain = false;
    }
    // Jackson replaces some malformed text instead of refusing it.
    if (plain && Arrays.equals(new String(mutated, UTF_8).getBytes(UTF_8), mutated)) {
      assertThat(DagCbor.encodeJson(mutated)).isNotEmpty();
    }
  }

  /** Whether there is nothing in it about which the data model and JSON are of two minds. */
  private static boolean isPlain(JsonNode node) {
    if (node.isFloatingPointNumber() || node.isBigInteger()) {
      return false;
    }
    if (node.isTextual()) {
      return UTF_8.newEncoder().canEncode(node.asText());
    }
    for (String name : (Iterable<String>) node::fieldNames) {
      if (name.startsWith("$") || !UTF_8.newEncoder().canEncode(name)) {
        return false;
      }
    }
    for (JsonNode child : node) {
      if (!isPlain(child)) {
        return false;
      }
    }
    return !node.isMissingNode();
  }

  private static byte[] mutated(byte[] original, Random random, int mutations) {
    byte[] bytes = original;
    for (int i = 0; i < mutations; i++) {
      int at = random.nextInt(bytes.length + 1);
      int to = Math.min(bytes.length, at + random.nextInt(3));
      byte[] piece = new byte[random.nextInt(3)];
      random.nextBytes(piece);
      if (random.nextBoolean() && at < bytes.length) {
        bytes = bytes.clone();
        bytes[at] ^= (byte) (1 << random.nextInt(8));
      } else {
        byte[] spliced = Arrays.copyOf(bytes, at + piece.length + bytes.length - to);
        System.arraycopy(piece, 0, spliced, at, piece.length);
        System.arraycopy(bytes, to, spliced, at + piece.length, bytes.length - to);
        bytes = spliced;
      }
    }
    return bytes;
  }

  private static JsonNode shuffled(JsonNode node, Random random) {
    if (node.isArray()) {
      ArrayNode array = NODES.arrayNode();
      node.forEach(each -> array.add(shuffled(each, random)));
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    Collections.shuffle(names, random);
    ObjectNode object = NODES.objectNode();
    names.forEach(name -> object.set(name, shuffled(node.get(name), random)));
    return object;
  }

  /** The tree in the order of DAG-CBOR, with bytes in the place of links and bytes. */
  private static JsonNode sorted(JsonNode node) throws IOException {
    if (node.has("$bytes")) {
      return NODES.binaryNode(Base64.getDecoder().decode(node.get("$bytes").asText()));
    }
    if (node.has("$link")) {
      byte[] text = node.get("$link").asText().getBytes(UTF_8);
      byte[] cid = new byte[BlockCid.BYTES];
      Base32.decode(text, 1, text.length, cid);
      byte[] prefixed = new byte[BlockCid.BYTES + 1];
      System.arraycopy(cid, 0, prefixed, 1, cid.length);
      return NODES.binaryNode(prefixed);
    }
    if (node.isArray()) {
      ArrayNode array = NODES.arrayNode();
      for (JsonNode each : node) {
        array.add(sorted(each));
      }
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    names.sort(
        (a, b) -> {
          byte[] first = a.getBytes(UTF_8);
          byte[] second = b.getBytes(UTF_8);
          int byLength = Integer.compare(first.length, second.length);
          return byLength != 0 ? byLength : Arrays.compareUnsigned(first, second);
        });
    ObjectNode object = NODES.objectNode();
    for (String name : names) {
      object.set(name, sorted(node.get(name)));
    }
    return object;
  }

  /** Makes values of the data model in their JSON form. */
  private static final class Trees {

    private final Random random;

    Trees(long seed) {
      random = new Random(seed);
    }

    JsonNode any() {
      return node(4);
    }

    private JsonNode node(int levels) {
      return switch (random.nextInt(levels > 0 ? 11 : 7)) {
        case 0 -> NODES.nullNode();
        case 1 -> NODES.booleanNode(random.nextBoolean());
        case 2 ->
            NODES.numberNode(number()).isInt() ? NODES.numberNode(random.nextInt()) : integer();
        case 3, 4 -> NODES.textNode(text());
        case 5 -> special("$bytes", base64());
        case 6 -> special("$link", link());
        case 7, 8 -> array(levels - 1);
        default -> object(levels - 1);
      };
    }

    private JsonNode integer() {
      long value = number();
      // As a reader of JSON would have it.
      return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    private long number() {
      return random.nextLong() >> random.nextInt(Long.SIZE);
    }

    private String text() {
      StringBuilder text = new StringBuilder(TEXTS.get(random.nextInt(TEXTS.size())));
      for (int left = random.nextInt(4); left > 0; left--) {
        text.append(TEXTS.get(random.nextInt(TEXTS.size())));
      }
      return text.toString();
    }

    private String base64() {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    private String link() {
      byte[] block = new byte[random.nextInt(4)];
      random.nextBytes(block);
      return BlockCid.of(block).toString();
    }

    private JsonNode special(String key, String value) {
      return NODES.objectNode().put(key, value);
    }

    private ArrayNode array(int levels) {
      ArrayNode array = NODES.arrayNode();
      for (int left = random.nextInt(random.nextInt(8) == 0 ? 40 : 5); left > 0; left--) {
        array.add(node(levels));
      }
      return array;
    }

    ObjectNode object(int levels) {
      ObjectNode object = NODES.objectNode();
      for (int left = random.nextInt(random.nextInt(8) == 0 ? 40 : 6); left > 0; left--) {
        String key = text();
        object.set(key, key.equals("$type") ? NODES.textNode("a" + text()) : node(levels));
      }
      return object;
    }
  }
}

package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Trees that others have made of the same keys. The files of the protocol lie in the folder that
 * the system property {@code atproto.interop} names; without them those tests are skipped.
 */
class MstWriterTest {

  private static final Path INTEROP =
      Path.of(System.getProperty("atproto.interop", "../../shared/interop"));
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LEAF = "bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454";

  @Test
  void knownKeysGiveTheKnownRoots() throws IOException {
    assertThat(root(LEAF)).isEqualTo("bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm");
    assertThat(root(LEAF, "com.example.record/3jqfcqzm3fo2j"))
        .isEqualTo("bafyreibj4lsc3aqnrvphp5xmrnfoorvru4wynt6lwidqbm2623a6tatzdu");
    assertThat(root(LEAF, "com.example.record/3jqfcqzm3fx2j"))
        .isEqualTo("bafyreih7wfei65pxzhauoibu3ls7jgmkju4bspy4t2ha2qdjnzqvoy33ai");
    assertThat(
            root(
                LEAF,
                "com.example.record/3jqfcqzm3fp2j",
                "com.example.record/3jqfcqzm3fr2j",
                "com.example.record/3jqfcqzm3fs2j",
                "com.example.record/3jqfcqzm3ft2j",
                "com.example.record/3jqfcqzm4fc2j"))
        .isEqualTo("bafyreicmahysq4n6wfuxo522m6dpiy7z7qzym3dzs756t5n7nfdgccwq7m");
  }

  @TestFactory
  Stream<DynamicTest> everyKnownMapGivesItsRootAndItsNodes() throws IOException {
    JsonNode file = interop("derived/mst-known-maps.json");
    String leaf = file.path("leafValue").asText();
    return stream(file.path("maps"))
        .map(
            map ->
                DynamicTest.dynamicTest(
                    map.path("name").asText(),
                    () -> {
                      Map<String, String> nodes = new TreeMap<>();
                      String root = root(leaf, nodes, texts(map.path("keys")));
                      assertThat(root).isEqualTo(map.path("root").asText());
                      Map<String, String> known = new TreeMap<>();
                      map.path("nodeBlocks")
                          .fields()
                          .forEachRemaining(e -> known.put(e.getKey(), e.getValue().asText()));
                      assertThat(nodes).isEqualTo(known);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> everyCommitOfTheFixturesLeadsFromItsRootToTheNext() throws IOException {
    return stream(interop("firehose/commit-proof-fixtures.json"))
        .map(
            commit ->
                DynamicTest.dynamicTest(
                    commit.path("comment").asText(),
                    () -> {
                      String leaf = commit.path("leafValue").asText();
                      SortedSet<String> keys = new TreeSet<>(texts(commit.path("keys")));
                      assertThat(root(leaf, new TreeMap<>(), keys))
                          .isEqualTo(commit.path("rootBeforeCommit").asText());
                      keys.addAll(texts(commit.path("adds")));
                      keys.removeAll(texts(commit.path("dels")));
                      Map<String, String> nodes = new TreeMap<>();
                      assertThat(root(leaf, nodes, keys))
                          .isEqualTo(commit.path("rootAfterCommit").asText());
                    }));
  }

  @Test
  void keysStandAtTheirLevels() throws IOException {
    for (JsonNode known : interop("mst/key_heights.json")) {
      assertThat(level(known.path("key").asText())).isEqualTo(known.path("height").asInt());
    }
    for (String key : Files.readAllLines(INTEROP.resolve("mst/example_keys.txt"))) {
      assertThat(level(key)).isEqualTo(key.charAt(1) - '0');
    }
  }

  @Test
  void commonPrefixesAreCountedInBytes() throws IOException {
    for (JsonNode known : interop("mst/common_prefix.json")) {
      assertThat(MstWriter.commonPrefix(utf8(known, "left"), utf8(known, "right")))
          .isEqualTo(known.path("len").asInt());
    }
  }

  private static byte[] utf8(JsonNode pair, String side) {
    return pair.path(side).asText().getBytes(StandardCharsets.UTF_8);
  }

  private static int level(String key) {
    return MstWriter.level(key.getBytes(StandardCharsets.US_ASCII), CidMaker.sha256());
  }

  private static String root(String leaf, String... keys) throws IOException {
    return root(leaf, new TreeMap<>(), Arrays.asList(keys));
  }

  private static String root(String leaf, Map<String, String> nodes, Iterable<String> keys)
      throws IOException {
    byte[] value = Arrays.copyOf(Base32.decode(leaf.substring(1)), 36);
    MstWriter tree =
        new MstWriter(
            node -> nodes.put(CidMaker.text(node.cid()), HexFormat.of().formatHex(node.data())));
    for (String key : keys) {
      tree.put(key.getBytes(StandardCharsets.US_ASCII), value, 1, 1);
    }
    return CidMaker.text(tree.finish(1));
  }

  private static JsonNode interop(String file) throws IOException {
    Path path = INTEROP.resolve(file);
    assumeTrue(Files.exists(path), () -> "no interoperability file " + path.toAbsolutePath());
    return JSON.readTree(Files.readAllBytes(path));
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    List<JsonNode> items = new ArrayList<>();
    array.forEach(items::add);
    return items.stream();
  }

  private static SortedSet<String> texts(JsonNode array) {
    SortedSet<String> texts = new TreeSet<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}

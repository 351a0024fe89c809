package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.repo.TestTree.Entry;
import io.github.atprotobackfill.syntax.Cid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Trees by the rules, and trees that break one each. */
class MstWalkTest {

  private static final Path CASES =
      Path.of(System.getProperty("atproto.interop", "../../shared/interop"));
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final byte[] VALUE = TestCar.sha256("a record".getBytes(UTF_8));

  /** Ascending paths of each of the lowest levels. */
  private static final List<List<String>> OF_LEVEL =
      IntStream.range(0, 5).mapToObj(level -> paths(level, 12)).toList();

  private final BlockStore blocks =
      new BlockStore(
          new BlockMemory(new BlockBudget(1 << 26), 1 << 26), Path.of("unused"), 2 << 20);

  @Test
  void anEmptyTreeIsLegal() {
    assertThat(keys(node(null))).isEmpty();
  }

  @Test
  void oneKeyOfAnyLevelIsATreeOfOneNode() {
    assertThat(OF_LEVEL)
        .allSatisfy(
            paths ->
                assertThat(keys(node(null, entry(paths.get(0))))).containsExactly(paths.get(0)));
  }

  @Test
  void aTreeIsWalkedInTheOrderOfItsKeys() {
    TreeMap<String, byte[]> records = new TreeMap<>();
    for (int i = 0; i < 3_000; i++) {
      records.put("com.example.note/" + Integer.toString(i * 7919 % 3_000, 36), VALUE);
    }

    assertThat(keys(TestTree.build(records, this::keep)))
        .containsExactlyElementsOf(records.keySet());
  }

  @Test
  void nodesWithoutKeysBridgeLevels() {
    String low = OF_LEVEL.get(0).get(0);
    String high = higher(3, low);
    byte[] bridged = node(node(node(null, entry(low))));

    assertThat(keys(node(bridged, entry(high)))).containsExactly(low, high);
  }

  @Test
  void aRootWithoutKeysButWithASubtreeIsNot() {
    refused(node(node(null, entry(OF_LEVEL.get(0).get(0)))), "root");
  }

  @Test
  void anEmptyNodeBelowTheRootIsNot() {
    refused(node(node(null), entry(OF_LEVEL.get(1).get(0))), "empty");
    refused(node(node(node(null)), entry(OF_LEVEL.get(2).get(0))), "empty");
  }

  @Test
  void aKeyStandsInANodeOfItsLevel() {
    String low = OF_LEVEL.get(0).get(0);
    refused(node(null, entries(low, higher(1, low))), "level");
    refused(
        node(null, entries(OF_LEVEL.get(1).get(0), higher(0, OF_LEVEL.get(1).get(0)))), "level");
  }

  @Test
  void aSubtreeIsOneLevelBelow() {
    String low = OF_LEVEL.get(0).get(0);

    refused(node(node(null, entry(low)), entry(higher(2, low))), "level");
    refused(
        node(node(null, entry(OF_LEVEL.get(2).get(0))), entry(higher(2, OF_LEVEL.get(2).get(0)))),
        "level");
    refused(node(node(null, entry(low)), entry(higher(0, low))), "level 0 has a subtree");
  }

  @Test
  void keysAscendWithinANode() {
    List<String> paths = OF_LEVEL.get(0);

    refused(node(null, entries(paths.get(1), paths.get(0))), "ascend");
    refused(
        node(
            null,
            new Entry(0, paths.get(0), null, VALUE),
            new Entry(paths.get(0).length(), "", null, VALUE)),
        "compressed");
  }

  @Test
  void keysOfASubtreeStandBetweenTheirNeighbours() {
    String high = OF_LEVEL.get(1).get(5);
    String other = OF_LEVEL.get(1).get(6);
    String before =
        OF_LEVEL.get(0).stream().filter(p -> p.compareTo(high) < 0).findFirst().orElseThrow();
    String after = higher(0, other);

    refused(node(node(null, entry(after)), entry(high)), "ascend");
    refused(node(null, new Entry(0, high, node(null, entry(before)), VALUE)), "ascend");
    refused(node(null, right(entries(high, other), 0, node(null, entry(after)))), "ascend");
  }

  @Test
  void oneSubtreeInTwoPlacesIsNot() {
    String low = OF_LEVEL.get(0).get(0);
    byte[] shared = node(null, entry(low));
    List<Entry> both = right(entries(higher(1, low), higher(1, higher(1, low))), 0, shared);

    refused(node(shared, both), "ascend");
  }

  @Test
  void aTreeOfSharedSubtreesIsRefused() {
    byte[] shared = node(null, entry(OF_LEVEL.get(0).get(0)));
    for (int level = 1; level < OF_LEVEL.size(); level++) {
      shared = node(shared, right(entry(OF_LEVEL.get(level).get(0)), 0, shared));
    }

    refused(shared, "ascend");
  }

  @Test
  void aKeyIsCompressedByExactlyWhatItShares() {
    String one = OF_LEVEL.get(0).get(0);
    String other = OF_LEVEL.get(0).get(1);
    int shared = TestTree.sharedPrefix(one, other);

    for (int prefix :
        new int[] {0, shared - 1, shared + 1, one.length(), one.length() + 1, 1_025}) {
      String suffix = other.substring(Math.min(prefix, other.length()));
      refused(
          node(null, new Entry(0, one, null, VALUE), new Entry(prefix, suffix, null, VALUE)), "");
    }
    refused(node(null, new Entry(1, one.substring(1), null, VALUE)), "compressed");
  }

  @Test
  void aKeyIsThePathOfARecord() {
    for (String path :
        List.of(
            "com.example.note",
            "com.example.note/",
            "/3k",
            "com.example.note/a/b",
            "com.example.note//a",
            "com.example/a",
            "com.example.no-te/a",
            "com.example.note/.",
            "com.example.note/..",
            "com.example.note/a b",
            "com.example.note/ü",
            "com.exämple.note/a",
            "com.example.note/a%20",
            "com.example.note/" + "a".repeat(513))) {
      refused(node(null, entry(path)), "path");
    }
    assertThat(keys(node(null, entry("com.example.note/" + "a".repeat(512))))).hasSize(1);
    assertThat(keys(node(null, entry("com.example.note/...")))).hasSize(1);
  }

  @Test
  void aKeyHasAtMost1024Bytes() {
    refused(node(null, entry("com." + "a".repeat(1_021))), "1024");
    // No path is that long: 317 and 512 characters and a slash are the most.
    refused(node(null, entry("com." + "a".repeat(1_020))), "path");
  }

  @Test
  void aMissingNodeIsAnIncompleteRepo() {
    String low = OF_LEVEL.get(0).get(0);
    byte[] root = node(VALUE, entry(higher(1, low)));

    assertThatThrownBy(() -> keys(root))
        .isInstanceOfSatisfying(
            InvalidRepoException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.INCOMPLETE_REPO));
    assertThatThrownBy(() -> keys(VALUE)).isInstanceOf(InvalidRepoException.class);
  }

  @Test
  void aNodeIsCanonicalAndHasItsFieldsAndNoOthers() {
    byte[] good = TestTree.node(null, List.of(entry(OF_LEVEL.get(0).get(0)).get(0)));
    List<byte[]> wrong = new ArrayList<>();
    for (int at = 0; at < good.length; at++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] flipped = good.clone();
        flipped[at] ^= (byte) (1 << bit);
        if (!isFree(good, at)) {
          wrong.add(flipped);
        }
      }
      wrong.add(Arrays.copyOf(good, at));
    }
    wrong.add(Arrays.copyOf(good, good.length + 1));
    wrong.add(TestRepo.block("{\"e\":[],\"l\":null,\"x\":1}"));
    wrong.add(TestRepo.block("{\"e\":[]}"));
    wrong.add(TestRepo.block("{\"e\":{},\"l\":null}"));
    wrong.add(TestRepo.block("[]"));

    wrong.forEach(block -> refused(keep(block), ""));
    assertThat(wrong).hasSizeGreaterThan(300);
  }

  /** Digests and the text of the key are free; everything else has just one form. */
  private static boolean isFree(byte[] node, int at) {
    int keyAt = 8;
    int tail = node.length - 3;
    int valueAt = tail - 32;
    int keyEnd = valueAt - 9 - 2 - 3 - 3;
    return at >= keyAt && at < keyEnd || at >= valueAt && at < tail;
  }

  @Test
  void aNodeMayHaveAsManyEntriesAsTheLimitAndNoMore() {
    byte[] root = node(null, entries(OF_LEVEL.get(0).toArray(String[]::new)));

    assertThat(keys(root, RepoLimits.DEFAULT.withNodeEntries(12))).hasSize(12);
    refused(root, RepoLimits.DEFAULT.withNodeEntries(11), "11");
  }

  @Test
  void aTreeMayHaveAsManyLevelsAsTheLimitAndNoMore() {
    byte[] root = node(null, entry(OF_LEVEL.get(4).get(0)));

    assertThat(keys(root, RepoLimits.DEFAULT.withDepth(5))).hasSize(1);
    refused(root, RepoLimits.DEFAULT.withDepth(4), "5 levels");
  }

  @Test
  void thePathToARecordMayHaveAsManyBytesAsTheLimitAndNoMore() {
    String low = OF_LEVEL.get(0).get(0);
    String high = higher(1, low);
    byte[] below = TestTree.node(null, entry(low));
    byte[] above = TestTree.node(keep(below), entry(high));
    byte[] root = keep(above);
    int bytes = below.length + above.length;

    assertThat(keys(root, RepoLimits.DEFAULT.withPathBytes(bytes))).hasSize(2);
    refused(root, RepoLimits.DEFAULT.withPathBytes(bytes - 1), "" + (bytes - 1));
  }

  @Test
  void theBytesOfNodesCountOnlyWhileTheyAreAboveARecord() {
    TreeMap<String, byte[]> records = new TreeMap<>();
    IntStream.range(0, 3_000).forEach(i -> records.put("com.example.note/" + i, VALUE));
    byte[] root = TestTree.build(records, this::keep);

    assertThat(keys(root, RepoLimits.DEFAULT.withPathBytes(20_000))).hasSize(3_000);
  }

  @Test
  void theLevelOfAKeyIsKnown() throws IOException {
    for (JsonNode each : json("mst/key_heights.json")) {
      byte[] key = each.get("key").asText().getBytes(UTF_8);
      assertThat(new MstChecks().level(key, key.length)).isEqualTo(each.get("height").asInt());
    }
    for (String line : lines("mst/example_keys.txt")) {
      assertThat(new MstChecks().level(line.getBytes(UTF_8), line.length()))
          .isEqualTo(line.charAt(1) - '0');
    }
  }

  @Test
  void theExampleKeysMakeATree() throws IOException {
    TreeMap<String, byte[]> records = new TreeMap<>();
    lines("mst/example_keys.txt").forEach(key -> records.put(key, VALUE));

    assertThat(keys(TestTree.build(records, this::keep), RepoLimits.DEFAULT, ANY_KEY))
        .containsExactlyElementsOf(records.keySet())
        .hasSize(156);
  }

  @Test
  void aPrefixIsTheKnownOne() throws IOException {
    int ascending = 0;
    for (JsonNode each : json("mst/common_prefix.json")) {
      String left = latin(each.get("left").asText());
      String right = latin(each.get("right").asText());
      if (!left.isEmpty() && left.compareTo(right) < 0) {
        ascending++;
        for (int prefix = 0; prefix < right.length(); prefix++) {
          MstLevel level = level(left, new Entry(prefix, right.substring(prefix), null, VALUE));
          boolean exact = prefix == each.get("len").asInt();
          assertThat(reads(level, right)).isEqualTo(exact);
        }
      }
    }
    assertThat(ascending).isPositive();
  }

  private static boolean reads(MstLevel level, String key) {
    try {
      level.readKey();
      return MstPaths.text(level.key, 0, level.keyLength).equals(key);
    } catch (InvalidRepoException e) {
      return false;
    }
  }

  private static MstLevel level(String first, Entry second) {
    MstLevel level = new MstLevel();
    byte[] node = TestTree.node(null, List.of(new Entry(0, first, null, VALUE), second));
    level.node.block.showInPlace(node, 0, node.length);
    level.node.decode(2);
    level.begin(0);
    level.readKey();
    level.entry = 1;
    return level;
  }

  @TestFactory
  Stream<DynamicTest> everyKnownTreeHasItsKeys() throws IOException {
    return StreamSupport.stream(
            json("derived/mst-known-maps.json").get("maps").spliterator(), false)
        .map(
            map ->
                DynamicTest.dynamicTest(
                    map.get("name").asText(),
                    () -> {
                      map.get("nodeBlocks")
                          .forEach(block -> keep(HexFormat.of().parseHex(block.asText())));
                      List<String> keys = new ArrayList<>();
                      map.get("keys").forEach(key -> keys.add(key.asText()));

                      byte[] root = digest(map.get("root").asText());
                      assertThat(keys(root, RepoLimits.DEFAULT, ANY_KEY))
                          .containsExactlyElementsOf(keys.stream().sorted().toList());
                    }));
  }

  /** As before and after each commit of the fixtures; what of them inverts commits is not here. */
  @TestFactory
  Stream<DynamicTest> theTreesOfTheFirehoseFixturesAreWalked() throws IOException {
    return StreamSupport.stream(json("firehose/commit-proof-fixtures.json").spliterator(), false)
        .map(
            commit ->
                DynamicTest.dynamicTest(
                    commit.get("comment").asText(),
                    () -> {
                      TreeMap<String, byte[]> records = new TreeMap<>();
                      byte[] value = digest(commit.get("leafValue").asText());
                      commit.get("keys").forEach(key -> records.put(key.asText(), value));
                      assertTree(records, digest(commit.get("rootBeforeCommit").asText()));

                      commit.get("adds").forEach(key -> records.put(key.asText(), value));
                      commit.get("dels").forEach(key -> records.remove(key.asText()));
                      assertTree(records, digest(commit.get("rootAfterCommit").asText()));
                    }));
  }

  private void assertTree(TreeMap<String, byte[]> records, byte[] root) {
    assertThat(TestTree.build(records, this::keep)).isEqualTo(root);
    assertThat(keys(root, RepoLimits.DEFAULT, ANY_KEY)).containsExactlyElementsOf(records.keySet());
  }

  private static final MstChecks ANY_KEY =
      new MstChecks() {
        @Override
        boolean isPath(byte[] key, int length) {
          return true;
        }
      };

  private List<String> keys(byte[] root) {
    return keys(root, RepoLimits.DEFAULT);
  }

  private List<String> keys(byte[] root, RepoLimits limits) {
    return keys(root, limits, new MstChecks());
  }

  private List<String> keys(byte[] root, RepoLimits limits, MstChecks checks) {
    List<String> keys = keysOf(root, limits, checks);
    assertThat(keysOf(root, limits, null)).isEqualTo(keys);
    for (int mostBytes : new int[] {0, 100, 1 << 20}) {
      MstPlaces places = new MstPlaces(new BlockBudget(1 << 20), mostBytes);
      assertThat(keysOf(MstFinder.remembering(blocks, places), root, limits, checks))
          .isEqualTo(keys);
      assertThat(keysOf(MstFinder.knowing(blocks, places), root, limits, null)).isEqualTo(keys);
    }
    return keys;
  }

  private List<String> keysOf(byte[] root, RepoLimits limits, @Nullable MstChecks checks) {
    return keysOf(MstFinder.searching(blocks), root, limits, checks);
  }

  private List<String> keysOf(
      MstFinder finder, byte[] root, RepoLimits limits, @Nullable MstChecks checks) {
    BlockCid cid = BlockCid.at(TestCar.cid(root), 0);
    MstWalk walk = new MstWalk(finder, cid, limits, MstRanges.everything(), checks);
    List<String> keys = new ArrayList<>();
    while (walk.next()) {
      keys.add(MstPaths.text(walk.key(), 0, walk.keyLength()));
    }
    assertThat(walk.next()).isFalse();
    return keys;
  }

  private void refused(byte[] root, String because) {
    refused(root, RepoLimits.DEFAULT, because);
  }

  private void refused(byte[] root, RepoLimits limits, String because) {
    assertThatThrownBy(() -> keysOf(root, limits, new MstChecks()))
        .hasMessageContaining(because)
        .isInstanceOfSatisfying(
            InvalidRepoException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR));
  }

  private byte[] keep(byte[] block) {
    byte[] digest = TestCar.sha256(block);
    try {
      blocks.add(TestCar.joined(digest, block), 0, 32, 32 + block.length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return digest;
  }

  private byte[] node(byte @Nullable [] left, Entry... entries) {
    return node(left, List.of(entries));
  }

  private byte[] node(byte @Nullable [] left, List<Entry> entries) {
    return keep(TestTree.node(left, entries));
  }

  private static List<Entry> entry(String path) {
    return entries(path);
  }

  private static List<Entry> entries(String... paths) {
    List<Entry> entries = new ArrayList<>();
    String before = "";
    for (String path : paths) {
      int prefix = TestTree.sharedPrefix(before, latin(path));
      entries.add(new Entry(prefix, latin(path).substring(prefix), null, VALUE));
      before = latin(path);
    }
    return entries;
  }

  private static List<Entry> right(List<Entry> entries, int at, byte[] subtree) {
    List<Entry> copy = new ArrayList<>(entries);
    Entry entry = copy.get(at);
    copy.set(at, new Entry(entry.prefix(), entry.suffix(), subtree, entry.value()));
    return copy;
  }

  /** Bytes as characters. */
  private static String latin(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private static byte[] digest(String cid) {
    return Arrays.copyOfRange(BlockCid.tryParse(Cid.parse(cid)).orElseThrow().bytes(), 4, 36);
  }

  /** The first path of a level behind another. */
  private static String higher(int level, String than) {
    return Stream.concat(OF_LEVEL.get(level).stream(), paths(level, 60).stream())
        .filter(path -> path.compareTo(than) > 0)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> paths(int level, int count) {
    return IntStream.iterate(10_000, i -> i + 1)
        .mapToObj(i -> "com.example.note/" + i)
        .filter(path -> TestTree.level(path) == level)
        .limit(count)
        .toList();
  }

  private static JsonNode json(String name) throws IOException {
    return MAPPER.readTree(Files.readAllBytes(file(name)));
  }

  private static List<String> lines(String name) throws IOException {
    return Files.readAllLines(file(name)).stream()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private static Path file(String name) {
    Path file = CASES.resolve(name);
    assumeTrue(
        Files.isRegularFile(file),
        () -> "skipped: no interoperability cases at " + file.toAbsolutePath().normalize());
    return file;
  }
}

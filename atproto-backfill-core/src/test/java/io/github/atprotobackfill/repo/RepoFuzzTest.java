package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.atprotobackfill.FuzzRun;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.repo.TestTree.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes a host sends as a repo: they are one, or are refused with an {@link
 * InvalidRepoException}, soon and in bounded memory.
 */
class RepoFuzzTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final RepoLimits LIMITS =
      RepoLimits.DEFAULT.withCarBytes(1 << 20).withBlocks(4_000).withBlockBytes(1 << 18);
  private static final RepoReader CHECKING = RepoReader.builder().limits(LIMITS).build();
  private static final RepoReader LAZY =
      RepoReader.builder().limits(LIMITS).verifyTree(false).build();
  private static final RepoReader ON_DISK =
      RepoReader.builder().limits(LIMITS).inMemoryBytes(0).build();
  private static final int ON_DISK_ONE_IN = 64;

  private static final byte[][] CARS = {
    TestRepo.of(0).bytes(), TestRepo.of(1).bytes(), TestRepo.of(7).bytes(), TestRepo.of(90).bytes()
  };
  private static final byte[] COMMIT = TestRepo.commit(TestCar.sha256(CARS[0]));
  private static final RepoKey KEY = TestRepo.KEY.key();
  private static final byte[] RECORD =
      TestRepo.block(
          """
          {"$type":"com.example.note","text":"naïve ☕ 🎉 \\"quoted\\" \\n","n":-70000,"yes":true,
           "none":null,"langs":["en","ja"],"raw":{"$bytes":"AAECAwQ"},"deep":[[[{"a":[0,23,24]}]]],
           "link":{"$link":"bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"},
           "blob":{"$type":"blob","size":4,"mimeType":"image/png","ref":
             {"$link":"bafkreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"}}}""");
  private static final byte[] RECORD_JSON = DagCbor.toJson(RECORD);

  /** Heads of CBOR that mean something, or must not. */
  private static final int[] HEADS = {
    0x00, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1f, 0x20, 0x37, 0x38, 0x3b, 0x40, 0x41, 0x58, 0x5a,
    0x5b, 0x5f, 0x60, 0x61, 0x62, 0x78, 0x7b, 0x7f, 0x80, 0x81, 0x82, 0x98, 0x9a, 0x9b, 0x9f, 0xa0,
    0xa1, 0xa2, 0xa4, 0xb8, 0xbb, 0xbf, 0xc0, 0xd8, 0xda, 0xe0, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9,
    0xfa, 0xfb, 0xff
  };

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "\\",
          "\\u",
          "\\ud83d",
          "\\udc00",
          "null",
          "-",
          "-0",
          "1e5",
          "1.0",
          "1e-1",
          "9223372036854775808",
          "1E400",
          "{\"$link\":",
          "{\"$bytes\":\"A\"}",
          "\"$type\":\"blob\",",
          "\"$type\":1,",
          "\u0000",
          "\u00ff",
          "[[[[[[[[",
          "{\"a\":{\"a\":");

  @Test
  void bytesOfAFile() throws InterruptedException {
    FuzzRun.share(
        20,
        "mutated files",
        random -> {
          byte[] car = CARS[random.nextInt(CARS.length)];
          for (int left = 1 + random.nextInt(4); left > 0; left--) {
            car = mutated(car, random);
          }
          readEveryWay(car, random);
        });
  }

  /** Hashes and signature are right, so that the deeper checks are reached. */
  @Test
  void oneFieldOfARepoThatIsHashedAndSignedAnew() throws InterruptedException {
    FuzzRun.share(20, "spoilt trees", random -> readEveryWay(spoiltRepo(random), random));
  }

  @Test
  void blocksOfTheTree() throws InterruptedException {
    FuzzRun.share(
        15,
        "mutated nodes",
        random ->
            readEveryWay(
                repo(random, node -> random.nextInt(6) == 0 ? spoilt(node, random) : node),
                random));
  }

  @Test
  void commits() throws InterruptedException {
    FuzzRun.share(
        10,
        "commits",
        random -> {
          byte[] commit = random.nextBoolean() ? spoilt(COMMIT, random) : spoiltCommit(random);
          try {
            boolean signed = RepoCommit.parse(commit).isSignedBy(KEY);
            assertThat(signed && !Arrays.equals(commit, COMMIT)).isFalse();
          } catch (InvalidRepoException e) {
            assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR);
          }
        });
  }

  @Test
  void recordsInCbor() throws InterruptedException {
    FuzzRun.share(
        20,
        "records in DAG-CBOR",
        random -> readBlock(random.nextInt(3) == 0 ? item(random) : spoilt(RECORD, random)));
  }

  @Test
  void recordsInJson() throws InterruptedException {
    FuzzRun.share(10, "records in JSON", random -> readJson(spoiltJson(random)));
  }

  @Test
  void keys() throws InterruptedException {
    String didKey = "did:key:zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc";
    FuzzRun.share(
        5,
        "keys and signatures",
        random -> {
          String text = new String(mutated(didKey.getBytes(US_ASCII), random), ISO_8859_1);
          byte[] signature = new byte[random.nextInt(4) == 0 ? random.nextInt(80) : 64];
          random.nextBytes(signature);
          if (random.nextInt(8) == 0) {
            Arrays.fill(signature, 0, signature.length / 2, (byte) (random.nextInt(2) * 0xff));
          }
          RepoKey key = RepoKey.ofDidKey(text).orElse(KEY);
          assertThat(key.verifies(RECORD, signature)).isFalse();
        });
  }

  private static void readEveryWay(byte[] car, Random random) throws IOException {
    List<String> checked = read(CHECKING, car);
    List<String> lazily = read(LAZY, car);
    if (checked != null) {
      assertThat(lazily).isEqualTo(checked);
    }
    if (random.nextInt(ON_DISK_ONE_IN) == 0) {
      assertThat(read(ON_DISK, car)).isEqualTo(checked);
    }
    read(RepoReader.builder().limits(anyLimits(random)).build(), car);
  }

  private static RepoLimits anyLimits(Random random) {
    return new RepoLimits(
        1 + random.nextInt(100_000),
        1 + random.nextInt(200),
        1 + random.nextInt(200),
        1 + random.nextInt(2_000),
        1 + random.nextInt(20),
        1 + random.nextInt(5_000),
        1 + random.nextInt(6));
  }

  /** What the reader gives of every record; null when it refuses the repo. */
  private static @Nullable List<String> read(RepoReader reader, byte[] car) throws IOException {
    try (Repo repo = reader.read(new ByteArrayInputStream(car))) {
      List<String> records = new ArrayList<>();
      RecordCursor cursor = repo.records();
      while (cursor.next()) {
        String path = cursor.collection() + "/" + cursor.rkey();
        records.add(path + " " + cursor.cid() + " " + content(cursor));
      }
      assertThat(repo.recordCount()).isEqualTo(records.size());
      return records;
    } catch (InvalidRepoException e) {
      assertThat(e.kind()).isIn(ErrorKind.INVALID_CAR, ErrorKind.INCOMPLETE_REPO);
      assertThat(e.getMessage()).isNotBlank();
      return null;
    }
  }

  private static String content(RecordCursor cursor) {
    try {
      byte[] json = cursor.json();
      assertTakenBack(json, cursor.cbor());
      return new String(json, UTF_8);
    } catch (InvalidRepoException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Every reader of blocks takes the same ones, and gives them back to the byte. */
  private static void readBlock(byte[] block) throws IOException {
    byte[] json = jsonOf(block);
    assertThat(isValid(block)).isEqualTo(json != null);
    if (json != null) {
      assertTakenBack(json, block);
      assertThat(DagCbor.tree(block, 0, block.length)).isNotNull();
      JsonNode tree = JSON.readTree(json);
      assertThat(tree.isMissingNode()).isFalse();
    }
  }

  /** JSON gives the same block back; only where it tells an odd type may it be refused. */
  private static void assertTakenBack(byte[] json, byte[] block) {
    try {
      assertThat(DagCbor.encodeJson(json)).isEqualTo(block);
    } catch (InvalidRepoException e) {
      assertThat(new String(json, UTF_8)).contains("\"$type\":");
    }
  }

  private static byte @Nullable [] jsonOf(byte[] block) {
    try {
      return DagCbor.toJson(block);
    } catch (InvalidRepoException e) {
      return null;
    }
  }

  private static boolean isValid(byte[] block) {
    try {
      DagCbor.validate(block, 0, block.length);
      return true;
    } catch (InvalidRepoException e) {
      return false;
    }
  }

  private static void readJson(byte[] json) {
    try {
      byte[] block = DagCbor.encodeJson(json);
      assertThat(DagCbor.encodeJson(DagCbor.toJson(block))).isEqualTo(block);
    } catch (InvalidRepoException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR);
    }
  }

  private static byte[] spoiltJson(Random random) {
    byte[] json = RECORD_JSON;
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      if (random.nextBoolean()) {
        json = mutated(json, random);
      } else {
        byte[] piece = PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8);
        int at = random.nextInt(json.length + 1);
        json = TestCar.joined(Arrays.copyOf(json, at), piece, tail(json, at));
      }
    }
    return json;
  }

  /** A whole repo of which records, paths, digests, nodes or the commit are not what they were. */
  private static byte[] spoiltRepo(Random random) {
    if (random.nextInt(8) == 0) {
      return deepRepo(random);
    }
    int hit = random.nextInt(6);
    int[] nodes = {0};
    return repo(random, node -> nodes[0]++ == hit ? spoiltNode(random) : node);
  }

  /** A repo of a few records, each node changed as told before it is hashed. */
  private static byte[] repo(Random random, UnaryOperator<byte[]> change) {
    TestCar car = new TestCar();
    TreeMap<String, byte[]> digests = new TreeMap<>();
    TestRepo.of(random.nextInt(40)).records.forEach((path, block) -> digests.put(path, block));
    if (random.nextInt(4) == 0) {
      String path = PATHS.get(random.nextInt(PATHS.size()));
      digests.put(path, random.nextBoolean() ? item(random) : spoilt(RECORD, random));
    }
    digests.replaceAll((path, block) -> car.block(block));
    byte[] root = TestTree.build(digests, node -> car.block(change.apply(node)));
    byte[] commit = car.block(TestRepo.commit(root));
    if (random.nextInt(10) == 0) {
      car.remove(random.nextInt(car.size()));
    }
    return car.shuffled(random.nextLong()).bytes(commit);
  }

  private static final List<String> PATHS =
      List.of(
          "com.example.note/self",
          "com.example.note/..",
          "com.example.note/",
          "com.example.note",
          "/",
          "com.example.note/a/b",
          "com.example.note/" + "x".repeat(600),
          "com..note/a",
          "com.example.note/a b",
          "a/b",
          "com.example.note/~",
          "com.example.note/%2e");

  /** A well-formed node whose fields are anything. */
  private static byte[] spoiltNode(Random random) {
    List<Entry> entries = new ArrayList<>();
    String before = "";
    for (int left = random.nextInt(5); left > 0; left--) {
      String key = "com.example.note/3k" + random.nextInt(100);
      int prefix = Math.max(0, TestTree.sharedPrefix(before, key) + few(random));
      String suffix = key.substring(Math.min(prefix, key.length()));
      entries.add(new Entry(prefix, suffix, digestOrNull(random), digest(random)));
      before = key;
    }
    if (random.nextInt(3) == 0) {
      Collections.shuffle(entries, random);
    }
    return TestTree.node(digestOrNull(random), entries);
  }

  private static int few(Random random) {
    return random.nextInt(4) > 0 ? 0 : random.nextInt(5) - 2;
  }

  private static byte @Nullable [] digestOrNull(Random random) {
    return random.nextInt(3) > 0 ? null : digest(random);
  }

  private static byte[] digest(Random random) {
    return TestCar.sha256(random.nextBoolean() ? RECORD : new byte[] {(byte) random.nextInt()});
  }

  /** A chain of nodes, one below the other, or many links to one. */
  private static byte[] deepRepo(Random random) {
    TestCar car = new TestCar();
    byte[] record = car.block(RECORD);
    byte[] below = car.block(TestTree.node(null, List.of()));
    int depth = random.nextInt(random.nextInt(20) == 0 ? 3_000 : 140);
    for (int i = 0; i < depth; i++) {
      Entry entry =
          new Entry(0, "com.example.note/3k" + i, random.nextBoolean() ? below : null, record);
      below = car.block(TestTree.node(below, random.nextInt(3) == 0 ? List.of(entry) : List.of()));
    }
    return car.bytes(car.block(TestRepo.commit(below)));
  }

  private static byte[] spoiltCommit(Random random) {
    String unsigned = TestRepo.unsignedCommit(TestCar.sha256(RECORD));
    String[][] changes = {
      {"\"version\":3", "\"version\":" + few(random)},
      {"\"prev\":null", "\"prev\":true"},
      {"\"prev\":null,", ""},
      {"\"prev\":null", "\"prev\":null,\"more\":[1]"},
      {"did:plc:", "did:web:"},
      {"\"rev\":\"", "\"rev\":\"z"},
      {"\"data\":{\"$link\"", "\"data\":{\"other\""},
      {"\"did\"", "\"DID\""}
    };
    String[] change = changes[random.nextInt(changes.length)];
    byte[] message = TestRepo.block(unsigned);
    String changed = unsigned.replace(change[0], change[1]);
    return TestRepo.block(TestRepo.withSignature(changed, TestRepo.KEY.sign(message)));
  }

  /** A block with a field of it replaced by any item, or with mutated bytes. */
  private static byte[] spoilt(byte[] block, Random random) {
    if (random.nextInt(3) > 0) {
      return mutated(block, random);
    }
    int at = random.nextInt(block.length);
    int behind = Math.min(block.length, at + random.nextInt(12));
    return TestCar.joined(Arrays.copyOf(block, at), item(random), tail(block, behind));
  }

  /** Any item, often one that DAG-CBOR does not have. */
  private static byte[] item(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (random.nextInt(30) == 0) {
      byte[] nested = new byte[random.nextInt(20_000)];
      Arrays.fill(nested, (byte) (random.nextBoolean() ? 0x81 : 0xd8));
      out.writeBytes(nested);
    }
    item(out, random, 0);
    return out.toByteArray();
  }

  private static void item(ByteArrayOutputStream out, Random random, int depth) {
    if (random.nextInt(12) == 0) {
      out.write(HEADS[random.nextInt(HEADS.length)]);
      byte[] more = new byte[random.nextInt(10)];
      random.nextBytes(more);
      out.writeBytes(more);
      return;
    }
    int count = random.nextInt(4);
    switch (random.nextInt(depth > 5 ? 4 : 7)) {
      case 0 -> TestTree.head(out, random.nextInt(2), random.nextInt(1 << random.nextInt(31)));
      case 1 -> text(out, random, 3, random.nextInt(random.nextInt(10) == 0 ? 70_000 : 40));
      case 2 -> text(out, random, 2, random.nextInt(40));
      case 3 -> out.write(0xf4 + random.nextInt(3));
      case 4 -> out.writeBytes(TestCar.link(TestCar.sha256(new byte[] {(byte) count})));
      case 5 -> {
        TestTree.head(out, 4, count);
        for (int i = 0; i < count; i++) {
          item(out, random, depth + 1);
        }
      }
      default -> {
        TestTree.head(out, 5, count);
        for (int i = 0; i < count; i++) {
          text(out, random, 3, i + 1);
          item(out, random, depth + 1);
        }
      }
    }
  }

  private static void text(ByteArrayOutputStream out, Random random, int major, int length) {
    TestTree.head(out, major, length);
    byte[] bytes = new byte[length];
    boolean ascii = random.nextInt(6) > 0;
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (ascii ? random.nextInt(0x80) : random.nextInt());
    }
    out.writeBytes(bytes);
  }

  private static byte[] tail(byte[] bytes, int from) {
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return bytes;
    }
    int at = random.nextInt(bytes.length);
    int to = Math.min(bytes.length, at + random.nextInt(80));
    int target = random.nextInt(bytes.length);
    return switch (random.nextInt(7)) {
      case 0 -> changed(bytes, at, bytes[at] ^ 1 << random.nextInt(Byte.SIZE));
      case 1 -> changed(bytes, at, random.nextInt());
      case 2 -> changed(bytes, at, bytes[at] + (random.nextBoolean() ? 1 : -1));
      case 3 -> changed(bytes, at, HEADS[random.nextInt(HEADS.length)]);
      case 4 -> Arrays.copyOf(bytes, at);
      case 5 -> TestCar.joined(Arrays.copyOf(bytes, at), tail(bytes, to));
      default ->
          TestCar.joined(
              Arrays.copyOf(bytes, target), Arrays.copyOfRange(bytes, at, to), tail(bytes, target));
    };
  }

  private static byte[] changed(byte[] bytes, int at, int value) {
    byte[] copy = bytes.clone();
    copy[at] = (byte) value;
    return copy;
  }
}

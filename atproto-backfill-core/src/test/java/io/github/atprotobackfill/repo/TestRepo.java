package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whole repos of an account called Alice, as CAR files. */
final class TestRepo {

  static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  static final SigningPair KEY = new SigningPair(KeyCurve.K256, BigInteger.valueOf(4711));

  private static final String[] COLLECTIONS = {
    "com.example.note", "com.example.like", "com.example.note-book.page", "com.example.noted"
  };

  /** The blocks: records, then nodes from below, then the commit. */
  final TestCar car = new TestCar();

  final SortedMap<String, byte[]> records;
  final byte[] commit;

  private TestRepo(SortedMap<String, byte[]> records) {
    this.records = records;
    TreeMap<String, byte[]> digests = new TreeMap<>();
    records.forEach((path, block) -> digests.put(path, car.block(block)));
    this.commit = car.block(commit(TestTree.build(digests, car::block)));
  }

  static TestRepo of(SortedMap<String, byte[]> records) {
    return new TestRepo(records);
  }

  /** So many records in a few collections, some of them with the same content. */
  static TestRepo of(int count) {
    TreeMap<String, byte[]> records = new TreeMap<>();
    Random random = new Random(count);
    for (int i = 0; records.size() < count; i++) {
      String collection = COLLECTIONS[random.nextInt(COLLECTIONS.length)];
      String text = "text " + random.nextInt(Math.max(1, count * 9 / 10));
      records.put(collection + "/3k" + random.nextInt(10 * count) + "x" + i, record(text));
    }
    return of(records);
  }

  static byte[] record(String text) {
    return block("{\"$type\":\"com.example.note\",\"text\":\"" + text + "\",\"n\":1}");
  }

  static byte[] block(String json) {
    return DagCbor.encodeJson(json.getBytes(UTF_8));
  }

  /** A commit signed with {@link #KEY} on the tree with this root. */
  static byte[] commit(byte[] root) {
    String unsigned = unsignedCommit(root);
    byte[] signature = KEY.sign(block(unsigned));
    return block(withSignature(unsigned, signature));
  }

  static String unsignedCommit(byte[] root) {
    return "{\"did\":\"%s\",\"rev\":\"%s\",\"data\":{\"$link\":\"%s\"},\"prev\":null,\"version\":3}"
        .formatted(ALICE, REV, BlockCid.at(TestCar.cid(root), 0));
  }

  static String withSignature(String unsigned, byte[] signature) {
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(signature);
    return unsigned.replace("\"version\"", "\"sig\":{\"$bytes\":\"" + base64 + "\"},\"version\"");
  }

  byte[] bytes() {
    return car.bytes(commit);
  }

  Repo open(RepoReader reader) throws IOException {
    return reader.read(new ByteArrayInputStream(bytes()));
  }
}

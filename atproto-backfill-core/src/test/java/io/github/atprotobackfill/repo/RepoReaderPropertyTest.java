package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Assertions;

/** Whatever is done to a CAR file or to a tree: it is refused for a reason, or is a valid repo. */
class RepoReaderPropertyTest {

  private static final RepoLimits SMALL = RepoLimits.DEFAULT.withCarBytes(1 << 20);
  private static final byte[] CAR = TestRepo.of(60).bytes();

  private static final RepoReader CHECKING = RepoReader.builder().limits(SMALL).build();
  private static final RepoReader LAZY =
      RepoReader.builder().limits(SMALL).verifyTree(false).build();

  @Property(tries = 2_000)
  void aMutatedFileIsRefusedOrGivesValidRecords(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int mutations) {
    Random random = new Random(seed);
    byte[] car = CAR;
    for (int i = 0; i < mutations; i++) {
      car = mutated(car, random);
    }
    assertRefusedOrValid(car);
  }

  /** Every hash is right, so that what was changed reaches the readers of commits and nodes. */
  @Property(tries = 3_000)
  void aRepoOfMutatedBlocksIsRefusedOrGivesValidRecords(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int mutations) {
    Random random = new Random(seed);
    assertRefusedOrValid(withMutatedTree(random, mutations));
  }

  @Property(tries = 3_000)
  void aMutatedCommitIsRefusedOrOne(@ForAll long seed) {
    byte[] commit = mutated(TestRepo.commit(TestCar.sha256(CAR)), new Random(seed));
    try {
      assertThat(RepoCommit.parse(commit).cid()).isEqualTo(BlockCid.of(commit));
    } catch (InvalidRepoException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR);
    }
  }

  @Property
  void aPathIsTakenExactlyWhenItsPartsAreValid(
      @ForAll
          @StringLength(max = 24)
          @CharRange(from = 'a', to = 'c')
          @CharRange(from = '-', to = '/')
          String text,
      @ForAll @StringLength(max = 8) String end) {
    String path = text + end;
    String[] parts = path.split("/", -1);
    boolean valid =
        parts.length == 2
            && Nsid.tryParse(parts[0]).isPresent()
            && RecordKey.tryParse(parts[1]).isPresent();
    byte[] bytes = path.getBytes(UTF_8);

    assertThat(new MstPaths().accepts(bytes, bytes.length)).isEqualTo(valid);
  }

  /** Collections whose order in a tree is not that of their names. */
  private static final List<String> COLLECTIONS =
      List.of("a.b.c", "a.b.c.d", "a.b-c.d", "a.b.cd", "a.b.cD", "a.b.c0", "a.bb.c");

  @Property(tries = 300)
  void aRangeGivesWhatItShould(@ForAll long seed, @ForAll @IntRange(max = 300) int count)
      throws IOException {
    Random random = new Random(seed);
    TreeMap<String, byte[]> records = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      records.put(anyPath(random), TestRepo.record("" + i));
    }
    byte[] car = TestRepo.of(records).bytes();
    Set<Nsid> wanted =
        COLLECTIONS.stream().filter(c -> random.nextBoolean()).map(Nsid::parse).collect(toSet());
    String after = anyPath(random);
    List<String> expected =
        records.keySet().stream()
            .filter(path -> path.compareTo(after) > 0)
            .filter(path -> wanted.isEmpty() || wanted.contains(Nsid.parse(path.split("/")[0])))
            .toList();

    for (RepoReader reader : List.of(CHECKING, LAZY)) {
      try (Repo repo = reader.read(new ByteArrayInputStream(car))) {
        RecordCursor cursor =
            repo.recordsAfter(
                wanted, Nsid.parse(after.split("/")[0]), RecordKey.parse(after.split("/")[1]));
        List<String> paths = new ArrayList<>();
        while (cursor.next()) {
          paths.add(cursor.collection() + "/" + cursor.rkey());
        }
        assertThat(paths).isEqualTo(expected);
      }
    }
  }

  private static String anyPath(Random random) {
    return COLLECTIONS.get(random.nextInt(COLLECTIONS.size())) + "/" + random.nextInt(400);
  }

  private static void assertRefusedOrValid(byte[] car) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          List<String> checked = read(CHECKING, car);
          List<String> lazily = read(LAZY, car);
          if (checked != null) {
            assertThat(lazily).isEqualTo(checked).isSorted();
          }
        });
  }

  private static List<String> read(RepoReader reader, byte[] car) throws IOException {
    try (Repo repo = reader.read(new ByteArrayInputStream(car))) {
      List<String> paths = new ArrayList<>();
      RecordCursor records = repo.records(Set.of());
      while (records.next()) {
        paths.add(records.collection() + "/" + records.rkey());
        readRecord(records);
      }
      assertThat(repo.recordCount()).isEqualTo(paths.size());
      return paths;
    } catch (InvalidRepoException e) {
      assertThat(e.kind()).isIn(ErrorKind.INVALID_CAR, ErrorKind.INCOMPLETE_REPO);
      assertThat(e.getMessage()).isNotBlank();
      return null;
    }
  }

  private static void readRecord(RecordCursor records) {
    assertThatCode(records::cid).doesNotThrowAnyException();
    try {
      assertThat(records.json()).startsWith((byte) '{');
    } catch (InvalidRepoException e) {
      assertThat(e.kind()).isIn(ErrorKind.INVALID_CAR, ErrorKind.INCOMPLETE_REPO);
    }
  }

  /** A tree with mutated nodes, every hash made anew from below. */
  private static byte[] withMutatedTree(Random random, int mutations) {
    TestCar car = new TestCar();
    TreeMap<String, byte[]> digests = new TreeMap<>();
    TestRepo.of(12).records.forEach((path, block) -> digests.put(path, car.block(block)));
    byte[] root =
        TestTree.build(
            digests,
            node -> {
              boolean hit = random.nextInt(8) < mutations;
              return car.block(hit ? mutated(node, random) : node);
            });
    byte[] commit = TestRepo.commit(root);
    return car.bytes(car.block(random.nextInt(20) == 0 ? mutated(commit, random) : commit));
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return bytes;
    }
    int at = random.nextInt(bytes.length);
    int to = Math.min(bytes.length, at + random.nextInt(80));
    int target = random.nextInt(bytes.length);
    return switch (random.nextInt(6)) {
      case 0 -> changed(bytes, at, bytes[at] ^ 1 << random.nextInt(Byte.SIZE));
      case 1 -> changed(bytes, at, random.nextInt());
      case 2 -> changed(bytes, at, bytes[at] + (random.nextBoolean() ? 1 : -1));
      case 3 -> Arrays.copyOf(bytes, at);
      case 4 ->
          TestCar.joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, to, bytes.length));
      default ->
          TestCar.joined(
              Arrays.copyOf(bytes, target),
              Arrays.copyOfRange(bytes, at, to),
              Arrays.copyOfRange(bytes, target, bytes.length));
    };
  }

  private static byte[] changed(byte[] bytes, int at, int value) {
    byte[] copy = bytes.clone();
    copy[at] = (byte) value;
    return copy;
  }
}

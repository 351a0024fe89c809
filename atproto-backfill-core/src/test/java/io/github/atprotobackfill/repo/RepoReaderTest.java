package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepoReaderTest {

  private static final Nsid NOTE = Nsid.parse("com.example.note");
  private static final Nsid NOTED = Nsid.parse("com.example.noted");
  private static final Nsid PAGE = Nsid.parse("com.example.note-book.page");
  private static final Nsid NONE = Nsid.parse("com.example.nothing");

  @TempDir Path directory;

  private final RepoReader reader = RepoReader.builder().build();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 300, 6_000})
  void givesTheRecordsOfARepoInTheOrderOfItsTree(int count) throws IOException {
    TestRepo written = TestRepo.of(count);

    try (Repo repo = written.open(reader)) {
      assertThat(repo.commit().did()).isEqualTo(TestRepo.ALICE);
      assertThat(repo.commit().cid()).isEqualTo(BlockCid.at(TestCar.cid(written.commit), 0));
      assertThat(repo.commit().isSignedBy(TestRepo.KEY.key())).isTrue();
      assertThat(repo.recordCount()).isEqualTo(count);
      assertThat(repo.rootCount()).isEqualTo(1);
      assertThat(repo.carBytes()).isEqualTo(written.bytes().length);
      assertThat(read(repo.records())).isEqualTo(expected(written));
      assertThat(paths(repo.records())).containsExactlyElementsOf(written.records.keySet());
    }
  }

  @Test
  void blocksMayComeInAnyOrderAndTwiceAndOthersBetweenThem() throws IOException {
    TestRepo written = TestRepo.of(500);
    int blocks = openedBlockCount(written);
    written.car.block("not part of it".getBytes(UTF_8));
    byte[] raw = TestCar.cid(TestCar.sha256(new byte[] {1}));
    raw[1] = 0x55;
    written.car.section(raw, new byte[] {1});
    written.records.values().forEach(written.car::block);

    for (int i = 0; i < 4; i++) {
      written.car.shuffled(i);
      try (Repo repo = written.open(reader)) {
        assertThat(read(repo.records())).isEqualTo(expected(written));
        assertThat(repo.blockCount()).isEqualTo(blocks + 1);
      }
    }
    written.car.reversed();
    try (Repo repo = written.open(reader)) {
      assertThat(read(repo.records())).isEqualTo(expected(written));
    }
  }

  private int openedBlockCount(TestRepo written) throws IOException {
    try (Repo repo = written.open(reader)) {
      return repo.blockCount();
    }
  }

  @Test
  void aRepoThatDoesNotFitIntoMemoryIsReadFromANamelessFile() throws IOException {
    TestRepo written = TestRepo.of(6_000);
    RepoReader spilling = RepoReader.builder().inMemoryBytes(200_000).directory(directory).build();

    for (int order = 0; order < 2; order++) {
      try (Repo repo = written.open(spilling)) {
        assertThat(directory).isEmptyDirectory();
        assertThat(read(repo.records())).isEqualTo(expected(written));
        assertThat(read(repo.records(Set.of(NOTED)))).hasSizeBetween(1, 2_000);
      }
      assertThat(directory).isEmptyDirectory();
      written.car.reversed();
    }
  }

  @Test
  void memoryThatIsLentToOneRepoIsNotLentToTheNext() throws IOException {
    TestRepo written = TestRepo.of(300);
    RepoReader sharing = RepoReader.builder().memoryBytes(100_000).directory(directory).build();

    try (Repo first = written.open(sharing);
        Repo second = written.open(sharing)) {
      assertThat(read(first.records())).isEqualTo(expected(written));
      assertThat(read(second.records())).isEqualTo(expected(written));
    }
    // The first one had to give its memory back for this to need no directory.
    Files.delete(directory);
    try (Repo third = written.open(sharing)) {
      assertThat(third.recordCount()).isEqualTo(300);
      assertThatThrownBy(() -> written.open(sharing)).isInstanceOf(UncheckedIOException.class);
    }
    written.open(sharing).close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 2_000, 20_000, 100_000})
  void whetherPlacesAreRememberedOrNotTheRecordsAreTheSame(int left) throws IOException {
    TestRepo written = TestRepo.of(2_000);
    int blocks = 4 * BlockMemory.CHUNK_BYTES;
    RepoReader little = RepoReader.builder().memoryBytes(blocks + left).build();

    try (Repo repo = written.open(little)) {
      for (int i = 0; i < 2; i++) {
        assertThat(read(repo.records())).isEqualTo(expected(written));
        assertThat(read(repo.records(Set.of(NOTED)))).hasSizeBetween(100, 1_000);
      }
      RecordCursor one = repo.records();
      RecordCursor other = repo.records(Set.of(NOTED));
      while (other.next()) {
        do {
          assertThat(one.next()).isTrue();
        } while (!one.collection().equals(NOTED));
        assertThat(one.rkey()).isEqualTo(other.rkey());
        assertThat(one.cbor()).isEqualTo(other.cbor());
      }
    }
  }

  @Test
  void aRecordMayBeANodeOfTheTreeAndTwoKeysMayHaveTheSame() throws IOException {
    TreeMap<String, byte[]> below = new TreeMap<>();
    below.put("com.example.note/a", TestCar.sha256(TestRepo.record("a")));
    List<byte[]> nodes = new ArrayList<>();
    TestTree.build(
        below,
        node -> {
          nodes.add(node);
          return TestCar.sha256(node);
        });
    TreeMap<String, byte[]> records = new TreeMap<>();
    records.put("com.example.note/a", TestRepo.record("a"));
    records.put("com.example.note/b", nodes.get(0));
    records.put("com.example.note/c", nodes.get(0));
    for (int i = 0; i < 200; i++) {
      records.put("com.example.note/d" + i, i % 2 == 0 ? nodes.get(0) : TestRepo.record("a"));
    }

    try (Repo repo = TestRepo.of(records).open(reader)) {
      RecordCursor cursor = repo.records();
      for (String path : records.keySet()) {
        assertThat(cursor.next()).isTrue();
        assertThat("com.example.note/" + cursor.rkey()).isEqualTo(path);
        assertThat(cursor.cbor()).isEqualTo(records.get(path));
        assertThat(cursor.cid()).isEqualTo(BlockCid.of(records.get(path)));
      }
      assertThat(cursor.next()).isFalse();
    }
  }

  @Test
  void oneReaderServesManyThreadsAtOnce() throws Exception {
    TestRepo written = TestRepo.of(500);
    byte[] bytes = written.bytes();
    List<String> expected = expected(written);
    RepoReader sharing = RepoReader.builder().memoryBytes(300_000).directory(directory).build();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<String>>> reads = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        reads.add(
            threads.submit(
                () -> {
                  try (Repo repo = sharing.read(in(bytes))) {
                    return read(repo.records());
                  }
                }));
      }
      for (Future<List<String>> read : reads) {
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void memoryIsGivenBackAfterAFailure() throws IOException {
    TestRepo written = TestRepo.of(300);
    RepoReader sharing =
        RepoReader.builder().memoryBytes(100_000).directory(directory.resolve("missing")).build();
    byte[] bytes = written.bytes();
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    for (int i = 0; i < 50; i++) {
      written.car.remove(0);
    }
    byte[] holed = written.bytes();

    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(() -> sharing.read(in(cut))).isInstanceOf(InvalidRepoException.class);
      assertThatThrownBy(() -> sharing.read(in(holed))).isInstanceOf(InvalidRepoException.class);
    }
    sharing.read(in(bytes)).close();
  }

  @Test
  void collectionsAreReadAloneAndTogether() throws IOException {
    TestRepo written = TestRepo.of(1_000);
    try (Repo repo = written.open(reader)) {
      for (Set<Nsid> wanted :
          List.of(
              Set.of(NOTE),
              Set.of(PAGE),
              Set.of(NOTE, PAGE),
              Set.of(NOTE, NOTED, PAGE),
              Set.of(NONE),
              Set.of(Nsid.parse("com.example.a"), Nsid.parse("com.example.b"), NOTED),
              Set.of(
                  NOTE, Nsid.parse("com.example.note.a"), Nsid.parse("com.example.note.b"), PAGE),
              Set.of(NONE, NOTED))) {
        assertThat(paths(repo.records(wanted)))
            .containsExactlyElementsOf(expected(written, wanted, ""));
      }
      assertThat(paths(repo.records(Set.of()))).hasSize(1_000);
    }
  }

  @Test
  void readingGoesOnBehindAnyPath() throws IOException {
    TestRepo written = TestRepo.of(400);
    List<String> all = List.copyOf(written.records.keySet());
    try (Repo repo = written.open(reader)) {
      for (int i = 0; i < all.size(); i += 37) {
        String path = all.get(i);
        for (Set<Nsid> wanted : List.of(Set.<Nsid>of(), Set.of(NOTE), Set.of(NOTED, PAGE))) {
          // One that exists, one behind it that does not, one before it that does not.
          for (String after : List.of(path, path + "-", path.substring(0, path.length() - 1))) {
            assertThat(paths(after(repo, wanted, after)))
                .containsExactlyElementsOf(expected(written, wanted, after));
          }
        }
      }
      assertThat(paths(after(repo, Set.of(), NONE + "/zz"))).isEmpty();
      assertThat(paths(after(repo, Set.of(), "a.a.a/a"))).hasSize(400);
    }
  }

  private static RecordCursor after(Repo repo, Set<Nsid> wanted, String path) {
    String[] parts = path.split("/");
    return repo.recordsAfter(wanted, Nsid.parse(parts[0]), RecordKey.parse(parts[1]));
  }

  private static List<String> expected(TestRepo written, Set<Nsid> wanted, String after) {
    return written.records.keySet().stream()
        .filter(path -> path.compareTo(after) > 0)
        .filter(path -> wanted.isEmpty() || wanted.contains(Nsid.parse(path.split("/")[0])))
        .toList();
  }

  @Test
  void whatIsOutsideOfTheRangeIsNotEvenLookedAt() throws IOException {
    TreeMap<String, byte[]> records = new TreeMap<>();
    for (int i = 0; i < 2_000; i++) {
      records.put("com.example.aaa/" + i, TestRepo.record("a" + i));
      records.put("com.example.zzz/" + i, TestRepo.record("z" + i));
    }
    int blocks = TestRepo.of(records).car.size();
    int neededForBoth = 0;
    for (int node = 4_000; node < blocks - 1; node += 29) {
      TestRepo holed = TestRepo.of(records);
      holed.car.remove(node);
      boolean first = reads(holed, Nsid.parse("com.example.aaa"), 2_000);
      boolean last = reads(holed, Nsid.parse("com.example.zzz"), 2_000);
      assertThat(first && last).isFalse();
      neededForBoth += first || last ? 0 : 1;
    }
    // Only what stands above the seam.
    assertThat(neededForBoth).isLessThan(3);
  }

  private static boolean reads(TestRepo repo, Nsid collection, int count) throws IOException {
    RepoReader lazy = RepoReader.builder().verifyTree(false).build();
    try (Repo opened = repo.open(lazy)) {
      assertThat(read(opened.records(Set.of(collection)))).hasSize(count);
      return true;
    } catch (InvalidRepoException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.INCOMPLETE_REPO);
      return false;
    }
  }

  @Test
  void aMissingBlockIsAnIncompleteRepoBeforeARecordIsGiven() throws IOException {
    int blocks = TestRepo.of(40).car.size();
    for (int i = 0; i < blocks; i++) {
      TestRepo holed = TestRepo.of(40);
      holed.car.remove(i);
      if (isRepeated(holed)) {
        continue;
      }
      assertThatThrownBy(() -> holed.open(reader))
          .isInstanceOfSatisfying(
              InvalidRepoException.class,
              e -> assertThat(e.kind()).isEqualTo(ErrorKind.INCOMPLETE_REPO));
    }
  }

  /** Two records of the same content have one block; the other section with it may be missing. */
  private boolean isRepeated(TestRepo repo) throws IOException {
    long different = repo.records.values().stream().map(BlockCid::of).distinct().count();
    return different < repo.records.size() && opens(repo);
  }

  private boolean opens(TestRepo repo) throws IOException {
    try (Repo opened = repo.open(reader)) {
      return opened.recordCount() == repo.records.size();
    } catch (InvalidRepoException e) {
      return false;
    }
  }

  @Test
  void aMissingRecordIsNamedWhereOpeningDidNotLook() throws IOException {
    TestRepo holed =
        TestRepo.of(
            new TreeMap<>(
                Map.of(
                    "com.example.note/a",
                    TestRepo.record("a"),
                    "com.example.note/b",
                    TestRepo.record("b"))));
    holed.car.remove(0);
    RepoReader lazy = RepoReader.builder().verifyTree(false).build();

    try (Repo repo = holed.open(lazy)) {
      RecordCursor records = repo.records();
      assertThat(records.next()).isTrue();
      assertThatThrownBy(records::json)
          .hasMessageContaining("com.example.note/a")
          .isInstanceOfSatisfying(
              InvalidRepoException.class,
              e -> assertThat(e.kind()).isEqualTo(ErrorKind.INCOMPLETE_REPO));
      assertThat(records.next()).isTrue();
      assertThat(records.json()).isNotEmpty();
      assertThatThrownBy(repo::recordCount).isInstanceOf(InvalidRepoException.class);
    }
  }

  @Test
  void aWrongHashIsMalformedInEveryBlock() {
    TestRepo written = TestRepo.of(3);
    byte[] digest = TestCar.sha256(new byte[] {1});
    byte[] raw = TestCar.cid(digest);
    raw[1] = 0x55;

    for (byte[] cid : List.of(TestCar.cid(digest), raw)) {
      written.car.section(cid, new byte[] {2});
      malformed(written.bytes());
      written.car.removeLast();
    }
  }

  @Test
  void theKeyOfARecordIsKnownWithoutItsCollection() throws IOException {
    TestRepo written = TestRepo.of(200);
    List<String> keys = new ArrayList<>();
    try (Repo repo = written.open(reader)) {
      RecordCursor records = repo.records();
      while (records.next()) {
        keys.add(records.rkey().value());
      }
    }

    assertThat(keys)
        .containsExactlyElementsOf(
            written.records.keySet().stream().map(path -> path.split("/")[1]).toList());
  }

  @Test
  void anInvalidRecordSpoilsNoOther() throws IOException {
    TreeMap<String, byte[]> records = new TreeMap<>();
    records.put("com.example.note/a", TestRepo.record("good"));
    records.put(
        "com.example.note/b", new byte[] {(byte) 0xfb, 0x3f, (byte) 0xf0, 0, 0, 0, 0, 0, 0});
    records.put("com.example.note/c", TestRepo.block("[1]"));
    records.put("com.example.note/d", new byte[0]);
    records.put("com.example.note/e", TestRepo.record("good again"));

    try (Repo repo = TestRepo.of(records).open(reader)) {
      List<String> good = new ArrayList<>();
      List<String> bad = new ArrayList<>();
      RecordCursor cursor = repo.records();
      while (cursor.next()) {
        assertThat(cursor.cbor()).isEqualTo(records.get(path(cursor)));
        try {
          good.add(new String(cursor.json(), UTF_8));
        } catch (InvalidRepoException e) {
          assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR);
          assertThat(e).hasMessageContaining(path(cursor));
          bad.add(path(cursor));
        }
      }
      assertThat(good).hasSize(2);
      assertThat(bad)
          .containsExactly("com.example.note/b", "com.example.note/c", "com.example.note/d");
    }
  }

  @Test
  void aTreeThatIsWrongAtItsEndGivesNoRecord() {
    TreeMap<String, byte[]> records = new TreeMap<>();
    for (int i = 0; i < 50; i++) {
      records.put("com.example.note/" + i, TestRepo.record("" + i));
    }
    records.put("com.example.zzz/not a key", TestRepo.record("x"));

    malformed(TestRepo.of(records).bytes());
  }

  @Test
  void withoutTreeChecksAtFirstTheWalkFindsWhatIsWrong() throws IOException {
    TreeMap<String, byte[]> records = new TreeMap<>();
    records.put("com.example.note/a", TestRepo.record("a"));
    records.put("com.example.zzz/not a key", TestRepo.record("x"));
    RepoReader lazy = RepoReader.builder().verifyTree(false).build();

    try (Repo repo = TestRepo.of(records).open(lazy)) {
      assertThatThrownBy(() -> read(repo.records())).isInstanceOf(InvalidRepoException.class);
    }
  }

  @Test
  void onlyACommitIsARoot() {
    TestRepo written = TestRepo.of(3);
    byte[] record = TestCar.sha256(written.records.get(written.records.firstKey()));

    malformed(written.car.bytes(record));
    malformed(
        written.car.bytes(TestCar.sha256(TestTree.node(null, List.of()))),
        ErrorKind.INCOMPLETE_REPO);
  }

  @Test
  void furtherRootsAreCounted() throws IOException {
    TestRepo written = TestRepo.of(3);
    try (Repo repo = reader.read(in(written.car.bytes(written.commit, written.commit)))) {
      assertThat(repo.rootCount()).isEqualTo(2);
      assertThat(repo.recordCount()).isEqualTo(3);
    }
  }

  @Test
  void aFileIsReadAsAStreamIs() throws IOException {
    Path file = directory.resolve("repo.car");
    Files.write(file, TestRepo.of(20).bytes());

    try (Repo repo = reader.read(file)) {
      assertThat(repo.recordCount()).isEqualTo(20);
    }
    assertThatIOException().isThrownBy(() -> reader.read(directory.resolve("other.car")));
  }

  @Test
  void whatTheStreamThrowsIsThrown() {
    byte[] bytes = TestRepo.of(20).bytes();
    InputStream broken =
        new ByteArrayInputStream(bytes) {
          @Override
          public int read(byte[] into, int from, int length) {
            if (pos > 0) {
              throw new IllegalArgumentException("connection reset");
            }
            return super.read(into, from, Math.min(length, 1_000));
          }
        };

    assertThatThrownBy(() -> reader.read(broken)).hasMessage("connection reset");
  }

  @Test
  void cursorsAreIndependentAndKnowWhenTheyStandOnNothing() throws IOException {
    TestRepo written = TestRepo.of(20);
    Repo repo = written.open(reader);
    RecordCursor first = repo.records();
    RecordCursor second = repo.records();

    assertThatThrownBy(first::cid).isInstanceOf(IllegalStateException.class);
    assertThat(first.next()).isTrue();
    assertThat(first.next()).isTrue();
    assertThat(second.next()).isTrue();
    assertThat(path(second)).isEqualTo(written.records.firstKey());
    assertThat(path(first)).isGreaterThan(path(second));
    while (second.next()) {
      assertThat(second.cbor()).isNotEmpty();
    }
    assertThat(second.next()).isFalse();
    assertThatThrownBy(second::collection).isInstanceOf(IllegalStateException.class);

    repo.close();
    repo.close();
    assertThatThrownBy(first::cbor).isInstanceOf(IllegalStateException.class);
  }

  private void malformed(byte[] car) {
    malformed(car, ErrorKind.INVALID_CAR);
  }

  private void malformed(byte[] car, ErrorKind kind) {
    assertThatThrownBy(() -> reader.read(in(car)))
        .isInstanceOfSatisfying(
            InvalidRepoException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static InputStream in(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static String path(RecordCursor cursor) {
    return cursor.collection() + "/" + cursor.rkey();
  }

  private static List<String> paths(RecordCursor cursor) {
    List<String> paths = new ArrayList<>();
    while (cursor.next()) {
      paths.add(path(cursor));
    }
    return paths;
  }

  /** Each record as path, CID and JSON. */
  private static List<String> read(RecordCursor cursor) {
    List<String> read = new ArrayList<>();
    while (cursor.next()) {
      assertThat(BlockCid.of(cursor.cbor())).isEqualTo(cursor.cid());
      read.add(path(cursor) + " " + cursor.cid() + " " + new String(cursor.json(), UTF_8));
    }
    return read;
  }

  private static List<String> expected(TestRepo written) {
    return written.records.entrySet().stream()
        .map(
            record ->
                record.getKey()
                    + " "
                    + BlockCid.of(record.getValue())
                    + " "
                    + new String(DagCbor.toJson(record.getValue()), UTF_8))
        .toList();
  }
}

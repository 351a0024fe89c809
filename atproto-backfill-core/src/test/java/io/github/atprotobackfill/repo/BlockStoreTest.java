package io.github.atprotobackfill.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockStoreTest {

  private static final int LARGEST = 300_000;

  @TempDir Path directory;

  private final BlockBudget budget = new BlockBudget(1 << 24);

  @ParameterizedTest
  @ValueSource(ints = {0, 40_000, 500_000, 1 << 20, 1 << 24})
  void givesBackWhatItWasGiven(int inMemory) throws IOException {
    List<byte[]> contents = contents(400);
    try (BlockStore store = store(inMemory)) {
      for (byte[] content : contents) {
        add(store, content);
        add(store, contents.get(0));
      }
      store.seal();

      assertThat(store.isInMemory()).isEqualTo(inMemory == 1 << 24);
      assertThat(store.size()).isEqualTo(contents.size());
      assertShows(store, contents);
      BlockView view = new BlockView();
      assertThat(store.place(TestCar.sha256(new byte[] {1, 2, 3}), 0)).isNegative();
      assertThat(store.show(TestCar.sha256(new byte[] {1, 2, 3}), 0, view)).isFalse();
    }
    assertThat(budget.left()).isEqualTo(1 << 24);
  }

  @ParameterizedTest
  @ValueSource(ints = {BlockFile.UNMAPPED, 1_000, 65_536, 1 << 30})
  void aFileIsReadByPositionOrInSegments(int segmentBytes) throws IOException {
    List<byte[]> contents = contents(400);
    try (BlockFile file = BlockFile.in(directory, LARGEST, segmentBytes)) {
      List<Long> places = new ArrayList<>();
      for (byte[] content : contents) {
        places.add(file.append(withDigest(content), 0, 32, 32 + content.length));
      }
      file.seal();

      BlockView view = new BlockView();
      for (int i = 0; i < contents.size(); i++) {
        file.show(places.get(i), view);
        assertThat(shown(view)).isEqualTo(contents.get(i));
        assertThat(file.hasDigest(places.get(i), TestCar.sha256(contents.get(i)), 0)).isTrue();
        assertThat(file.hasDigest(places.get(i), TestCar.sha256(contents.get(7)), 0))
            .isEqualTo(i == 7);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 30_000, LARGEST})
  void blocksFillChunksToTheLastByteAndALargerOneHasItsOwn(int before) throws IOException {
    int most = 1 << 23;
    int room = BlockMemory.CHUNK_BYTES - BlockBytes.HEAD_BYTES;
    List<byte[]> contents = new ArrayList<>();
    for (int more = -2; more <= 2; more++) {
      contents.add(content(before, more));
      contents.add(content(room + more, more));
      contents.add(content(room - before - BlockBytes.HEAD_BYTES + more, more));
    }
    for (int inMemory : new int[] {most, 3 * BlockMemory.CHUNK_BYTES, 300_001}) {
      try (BlockStore store = store(inMemory)) {
        for (byte[] content : contents) {
          add(store, content);
          assertThat((1 << 24) - budget.left()).isLessThanOrEqualTo(inMemory);
        }
        store.seal();
        assertThat(store.isInMemory()).isEqualTo(inMemory == most);
        assertShows(store, contents);
      }
      assertThat(budget.left()).isEqualTo(1 << 24);
    }
  }

  @Test
  void whatIsAtAKnownPlaceIsAskedForItsDigest() throws IOException {
    for (int inMemory : new int[] {0, 1 << 24}) {
      try (BlockStore store = store(inMemory)) {
        byte[] one = content(100, 1);
        byte[] other = content(200, 2);
        add(store, one);
        add(store, other);
        store.seal();

        BlockView view = new BlockView();
        long place = store.place(TestCar.sha256(one), 0);
        assertThat(store.show(place, TestCar.sha256(one), 0, view)).isTrue();
        assertThat(shown(view)).isEqualTo(one);
        assertThat(store.show(place, TestCar.sha256(other), 0, view)).isFalse();
        assertThat(store.show(-1, TestCar.sha256(one), 0, view)).isFalse();
      }
    }
  }

  @Test
  void itsFileHasNoNameWhileItIsOpen() throws IOException {
    try (BlockStore store = store(0)) {
      for (byte[] content : contents(50)) {
        add(store, content);
      }
      store.seal();

      assertThat(store.isInMemory()).isFalse();
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files).isEmpty();
      }
    }
  }

  @Test
  void memoryIsSharedAndTheRestGoesToFiles() throws IOException {
    BlockBudget small = new BlockBudget(20_000);
    try (BlockStore first = new BlockStore(new BlockMemory(small, 1 << 20), directory, LARGEST);
        BlockStore second = new BlockStore(new BlockMemory(small, 1 << 20), directory, LARGEST)) {
      add(first, new byte[10]);
      add(second, new byte[10]);

      assertThat(first.isInMemory()).isTrue();
      assertThat(second.isInMemory()).isFalse();

      add(first, new byte[17_000]);

      assertThat(first.isInMemory()).isFalse();
      assertThat(small.left()).isEqualTo(20_000);
    }
    assertThat(small.left()).isEqualTo(20_000);
  }

  @Test
  void nothingIsReadOfOneThatIsClosed() throws IOException {
    BlockStore store = store(0);
    add(store, new byte[10]);
    store.seal();
    store.close();
    store.close();

    assertThatThrownBy(() -> store.place(TestCar.sha256(new byte[10]), 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDirectoryThatIsNotThereIsNotTheReposFault() {
    try (BlockStore store =
        new BlockStore(new BlockMemory(budget, 0), directory.resolve("missing"), LARGEST)) {
      assertThatThrownBy(() -> add(store, new byte[10])).isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void anInterruptedThreadIsToldSo() throws IOException {
    try (BlockStore store = store(0)) {
      add(store, new byte[10]);
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> add(store, new byte[200_000]))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void anInterruptedThreadClosesWhatItOpened() throws IOException {
    BlockStore store = store(0);
    add(store, new byte[200_000]);
    store.seal();
    Thread.currentThread().interrupt();

    store.close();

    assertThat(Thread.interrupted()).isTrue();
  }

  private BlockStore store(int inMemory) {
    return new BlockStore(new BlockMemory(budget, inMemory), directory, LARGEST);
  }

  private static void add(BlockStore store, byte[] content) throws IOException {
    store.add(withDigest(content), 0, 32, 32 + content.length);
  }

  private static byte[] withDigest(byte[] content) {
    return TestCar.joined(TestCar.sha256(content), content);
  }

  private static byte[] shown(BlockView view) {
    return Arrays.copyOfRange(view.bytes, view.from, view.to);
  }

  private static void assertShows(BlockStore store, List<byte[]> contents) {
    BlockView view = new BlockView();
    for (byte[] content : contents) {
      assertThat(store.show(TestCar.sha256(content), 0, view)).isTrue();
      assertThat(shown(view)).isEqualTo(content);
    }
  }

  private static byte[] content(int length, int seed) {
    byte[] content = new byte[Math.max(0, length)];
    new Random(seed).nextBytes(content);
    return content;
  }

  /** Of all sizes: nothing, little, and more than is written or read ahead at once. */
  private static List<byte[]> contents(int count) {
    Random random = new Random(1);
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] content = new byte[i == 3 ? 0 : i % 50 == 9 ? 200_000 + i : random.nextInt(2_000) + 4];
      random.nextBytes(content);
      contents.add(content);
    }
    return contents;
  }
}

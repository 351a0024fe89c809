package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CarStreamTest {

  private static final byte[] ROOT = TestCar.sha256("root".getBytes(UTF_8));
  private static final RepoLimits LIMITS = RepoLimits.DEFAULT;

  /** Version 1, raw, BLAKE2b-256. */
  private static final byte[] BLAKE = {1, 0x55, (byte) 0xa0, (byte) 0xe4, 0x02, 0x20};

  private final TestCar car = new TestCar();

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100_000})
  void givesBlockAfterBlockHoweverTheyArrive(int piece) throws IOException {
    List<byte[]> contents = contents();
    contents.forEach(car::block);
    byte[] bytes = car.bytes(ROOT);

    CarStream stream = new CarStream(inPieces(bytes, piece), LIMITS);

    CarHeader header = stream.header();
    assertThat(header.root()).isEqualTo(BlockCid.at(TestCar.cid(ROOT), 0));
    assertThat(header.roots()).isEqualTo(1);
    for (byte[] content : contents) {
      assertThat(stream.next()).isTrue();
      assertThat(content(stream)).isEqualTo(content);
      assertThat(digest(stream)).isEqualTo(TestCar.sha256(content));
      assertThat(stream.cid().isOfRepo()).isTrue();
    }
    assertThat(stream.next()).isFalse();
    assertThat(stream.blocks()).isEqualTo(contents.size());
    assertThat(stream.bytesRead()).isEqualTo(bytes.length);
  }

  @Test
  void aCutWithinAHeaderOrBlockIsAnIncompleteRepoAndOneBetweenBlocksIsAnEnd() throws IOException {
    car.block("first".getBytes(UTF_8));
    int header = car.bytes(ROOT).length - (1 + 36 + 5);
    car.block("second".getBytes(UTF_8));
    byte[] bytes = car.bytes(ROOT);
    List<Integer> ends = new ArrayList<>();

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      try {
        read(cut);
        ends.add(length);
      } catch (InvalidRepoException e) {
        assertThat(e.kind()).isEqualTo(ErrorKind.INCOMPLETE_REPO);
      }
    }

    assertThat(header).isEqualTo(59);
    assertThat(ends).containsExactly(header, header + 1 + 36 + 5);
  }

  @Test
  void furtherRootsAreCountedWhateverTheyAre() throws IOException {
    byte[] header = TestCar.header(ROOT, ROOT, ROOT);
    // The last root becomes one of another codec.
    header[header.length - 9 - 35] = 0x70;

    CarHeader read = new CarStream(in(car.withHeader(header)), LIMITS).header();

    assertThat(read.roots()).isEqualTo(3);
    assertThat(read.root()).isEqualTo(BlockCid.at(TestCar.cid(ROOT), 0));
  }

  @Test
  void aHeaderIsCanonicalAndHasVersionOneAndARoot() {
    byte[] good = TestCar.header(ROOT);
    byte[] version2 = good.clone();
    version2[version2.length - 1] = 2;
    byte[] noRoots = TestCar.header();
    byte[] rawRoot = good.clone();
    rawRoot[good.length - 9 - 35] = 0x55;
    byte[] trailing = Arrays.copyOf(good, good.length + 1);
    byte[] otherKey = good.clone();
    otherKey[2] = 's';
    byte[] onlyVersion = TestRepo.block("{\"version\":1}");
    byte[] oneMore = TestRepo.block("{\"roots\":[],\"version\":1,\"versions\":1}");
    byte[] noMap = {(byte) 0x80};

    assertThat(List.of(version2, noRoots, rawRoot, trailing, otherKey, onlyVersion, oneMore, noMap))
        .allSatisfy(header -> assertMalformed(car.withHeader(header)));
  }

  @Test
  void aHeaderMayHaveAsManyBytesAsTheLimitAndNoMore() throws IOException {
    byte[] bytes = car.bytes(ROOT);

    assertThat(read(bytes, LIMITS.withHeaderBytes(58))).isZero();
    assertMalformed(bytes, LIMITS.withHeaderBytes(57));
  }

  @Test
  void aBlockMayHaveAsManyBytesAsTheLimitAndNoMore() throws IOException {
    car.block(new byte[1_000]);
    byte[] bytes = car.bytes(ROOT);

    assertThat(read(bytes, LIMITS.withBlockBytes(1_000))).isEqualTo(1);
    assertMalformed(bytes, LIMITS.withBlockBytes(999));
    assertMalformed(bytes, LIMITS.withBlockBytes(10));
  }

  @Test
  void aFileMayHaveAsManyBlocksAsTheLimitAndNoMore() throws IOException {
    car.block(new byte[1]);
    car.block(new byte[1]);
    byte[] bytes = car.bytes(ROOT);

    assertThat(read(bytes, LIMITS.withBlocks(2))).isEqualTo(2);
    assertMalformed(bytes, LIMITS.withBlocks(1));
  }

  @Test
  void aFileMayHaveAsManyBytesAsTheLimitAndNoMore() throws IOException {
    contents().forEach(car::block);
    byte[] bytes = car.bytes(ROOT);

    assertThat(read(bytes, LIMITS.withCarBytes(bytes.length))).isEqualTo(car.size());
    assertMalformed(bytes, LIMITS.withCarBytes(bytes.length - 1));
  }

  @Test
  void aLengthIsInItsShortestFormAndNotZero() {
    byte[] block = TestCar.joined(TestCar.cid(ROOT), new byte[4]);
    byte[][] lengths = {
      {(byte) 0xa8, (byte) 0x80, 0},
      {(byte) 0xa8, 0},
      {0},
      {(byte) 0xff, -1, -1, -1, -1, -1, -1, -1, -1, 1},
      {(byte) 0xff, -1, -1, -1, -1, -1, -1, -1, 0x7f}
    };

    for (byte[] length : lengths) {
      TestCar wrong = new TestCar().raw(length).raw(block);
      assertMalformed(wrong.bytes(ROOT));
    }
    assertMalformed(new byte[] {(byte) 0xba, 0});
  }

  @Test
  void blocksUnderOtherCidsArePassedOver() throws IOException {
    byte[] content = {1, 2, 3};
    byte[] raw = TestCar.cid(TestCar.sha256(content));
    raw[1] = 0x55;
    byte[] version0 = TestCar.joined(new byte[] {0x12, 0x20}, TestCar.sha256(content));
    byte[] identity = {1, 0x71, 0, 3, 1, 2, 3};
    byte[] longer = TestCar.joined(BLAKE, new byte[32]);
    byte[] truncatedHash = TestCar.joined(new byte[] {1, 0x71, 0x12, 8}, new byte[8]);

    car.section(raw, content)
        .section(version0, content)
        .section(identity, new byte[0])
        .section(longer, content)
        .section(truncatedHash, content);
    CarStream stream = new CarStream(in(car.bytes(ROOT)), LIMITS);
    stream.header();

    for (boolean hashed : List.of(true, true, false, false, false)) {
      assertThat(stream.next()).isTrue();
      assertThat(stream.cid().isOfRepo()).isFalse();
      assertThat(stream.cid().isSha256()).isEqualTo(hashed);
    }
    assertThat(stream.next()).isFalse();
  }

  @Test
  void aCidThatIsNoneIsMalformed() {
    byte[] padded = {1, (byte) 0xf1, 0, 0x12, 0x20};
    byte[] endless = {1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
    byte[] tooLong = TestCar.joined(new byte[] {1, 0x55, 0x12, 97}, new byte[97]);
    byte[] version2 = TestCar.cid(ROOT);
    version2[0] = 2;

    assertThat(List.of(padded, endless, tooLong, version2))
        .allSatisfy(cid -> assertMalformed(new TestCar().section(cid, new byte[60]).bytes(ROOT)));
    assertMalformed(new TestCar().section(new byte[] {1}, new byte[0]).bytes(ROOT));
    assertMalformed(
        new TestCar().section(Arrays.copyOf(TestCar.cid(ROOT), 35), new byte[0]).bytes(ROOT));
  }

  private static void assertMalformed(byte[] bytes) {
    assertMalformed(bytes, LIMITS);
  }

  private static void assertMalformed(byte[] bytes, RepoLimits limits) {
    assertThatThrownBy(() -> read(bytes, limits))
        .isInstanceOfSatisfying(
            InvalidRepoException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR));
  }

  private static int read(byte[] bytes) throws IOException {
    return read(bytes, LIMITS);
  }

  private static int read(byte[] bytes, RepoLimits limits) throws IOException {
    CarStream stream = new CarStream(in(bytes), limits);
    stream.header();
    while (stream.next()) {
      content(stream);
    }
    return stream.blocks();
  }

  private static byte[] content(CarStream stream) {
    return Arrays.copyOfRange(stream.bytes(), stream.blockFrom(), stream.blockTo());
  }

  private static byte[] digest(CarStream stream) {
    int at = stream.cid().digestAt();
    return Arrays.copyOfRange(stream.bytes(), at, at + 32);
  }

  /** Of sizes around those of the buffer. */
  private static List<byte[]> contents() {
    return List.of(
        new byte[] {1}, new byte[0], new byte[32 << 10], new byte[] {2}, new byte[200_000]);
  }

  private static InputStream in(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static InputStream inPieces(byte[] bytes, int most) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public int read(byte[] into, int from, int length) {
        return super.read(into, from, Math.min(length, most));
      }
    };
  }
}

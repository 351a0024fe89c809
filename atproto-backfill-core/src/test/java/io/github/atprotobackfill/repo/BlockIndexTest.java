package io.github.atprotobackfill.repo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockIndexTest {

  private static final long SEED = 7;

  private final BlockMemory blocks = new BlockMemory(new BlockBudget(1 << 26), 1 << 26);

  @Test
  void findsEveryBlockAfterManyGrowths() throws IOException {
    BlockIndex index = new BlockIndex(SEED);
    Random random = new Random(SEED);
    byte[][] digests = new byte[50_000][BlockCid.DIGEST_BYTES];
    long[] places = new long[digests.length];
    for (int i = 0; i < digests.length; i++) {
      random.nextBytes(digests[i]);
      places[i] = add(index, digests[i]);
    }

    for (int i = 0; i < digests.length; i++) {
      assertThat(index.find(blocks, digests[i], 0)).isEqualTo(places[i]);
    }
    random.nextBytes(digests[0]);
    assertThat(index.find(blocks, digests[0], 0)).isNegative();
    assertThat(index.size()).isEqualTo(digests.length);
  }

  @Test
  void digestsThatDifferInTheirLastByteOnlyAreTwo() throws IOException {
    BlockIndex index = new BlockIndex(SEED);
    byte[] one = new byte[BlockCid.DIGEST_BYTES];
    byte[] other = new byte[BlockCid.DIGEST_BYTES];
    other[BlockCid.DIGEST_BYTES - 1] = 1;

    long place = add(index, one);

    assertThat(index.find(blocks, other, 0)).isNegative();
    assertThat(add(index, other)).isNotEqualTo(place);
    assertThat(index.find(blocks, one, 0)).isEqualTo(place);
  }

  @Test
  void digestsChosenToBeginAlikeAreStillFound() throws IOException {
    BlockIndex index = new BlockIndex(SEED);
    for (int i = 0; i < 2_000; i++) {
      add(index, ByteBuffer.allocate(BlockCid.DIGEST_BYTES).putLong(1L << 40).putInt(i).array());
    }

    byte[] last = ByteBuffer.allocate(BlockCid.DIGEST_BYTES).putLong(1L << 40).putInt(1999).array();
    assertThat(index.find(blocks, last, 0)).isPositive();
  }

  private long add(BlockIndex index, byte[] digest) throws IOException {
    long found = index.find(blocks, digest, 0);
    assertThat(found).isNegative();
    assertThat(blocks.makesRoomFor(0)).isTrue();
    long place = blocks.append(digest, 0, 0, 0);
    index.put(found, digest, 0, place);
    return place;
  }
}

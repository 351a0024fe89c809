package io.github.atprotobackfill.repo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Blocks in chunks of memory, every byte of which is taken from the common budget. A block lies in
 * one chunk as a whole; what is left of a chunk behind its last block stays empty, and a block that
 * is larger than a chunk has a large one for itself.
 */
final class BlockMemory implements BlockBytes {

  /**
   * Places count on in steps of this size from chunk to chunk. It is small enough for the zeros,
   * with which Java fills what is new, to be in the processor's caches yet when blocks take their
   * place.
   */
  static final int CHUNK_BYTES = 1 << 16;

  private static final int CHUNK_BITS = Integer.numberOfTrailingZeros(CHUNK_BYTES);

  /** The first chunk, which is the only one of most repos, begins with this size and grows. */
  private static final int SMALLEST = 16 << 10;

  private static final int FIRST_CHUNKS = 8;
  private static final byte[] NONE = {};

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final BlockBudget budget;
  private final int most;
  private int taken;

  /** Each at the number that its places have; none where those of a large one run on. */
  private byte[][] chunks = {};

  /** The chunk that is being filled, the place where it begins, and how far it is filled. */
  private byte[] last = NONE;

  private long lastBegin;
  private int lastEnd;

  BlockMemory(BlockBudget budget, int most) {
    this.budget = budget;
    this.most = most;
  }

  /** Whether a block of so many bytes has room, if need be after making some. */
  boolean makesRoomFor(int length) {
    int needed = HEAD_BYTES + length;
    return needed <= last.length - lastEnd
        || (isFirstAndHasRoomFor(needed) ? enlarge(lastEnd + needed) : addChunk(needed));
  }

  private boolean isFirstAndHasRoomFor(int needed) {
    return lastBegin == 0 && needed <= CHUNK_BYTES - lastEnd;
  }

  private boolean enlarge(int needed) {
    int wished = Math.max(SMALLEST, Math.max(needed, 2 * last.length));
    int size = Math.min(Math.min(wished, CHUNK_BYTES), most);
    // Both are in memory until the one is copied.
    if (size < needed || !budget.tryReserve(size)) {
      return false;
    }
    budget.release(last.length);
    taken = size;
    last = Arrays.copyOf(last, size);
    keep(last, 0);
    return true;
  }

  private boolean addChunk(int needed) {
    int size = Math.max(needed, Math.min(CHUNK_BYTES, most - taken));
    if (size > most - taken || !budget.tryReserve(size)) {
      return false;
    }
    taken += size;
    lastBegin = roundedUp(lastBegin + last.length);
    lastEnd = 0;
    last = new byte[size];
    keep(last, number(lastBegin));
    return true;
  }

  private static long roundedUp(long place) {
    return place + CHUNK_BYTES - 1 & -CHUNK_BYTES;
  }

  private void keep(byte[] chunk, int number) {
    if (number >= chunks.length) {
      int before = chunks.length;
      chunks = Arrays.copyOf(chunks, Math.max(FIRST_CHUNKS, 2 * number));
      Arrays.fill(chunks, before, chunks.length, NONE);
    }
    chunks[number] = chunk;
  }

  @Override
  public long append(byte[] source, int digestAt, int from, int to) {
    int at = lastEnd;
    INT.set(last, at, to - from);
    System.arraycopy(source, digestAt, last, at + Integer.BYTES, BlockCid.DIGEST_BYTES);
    System.arraycopy(source, from, last, at + HEAD_BYTES, to - from);
    lastEnd = at + HEAD_BYTES + to - from;
    return lastBegin + at;
  }

  @Override
  public boolean hasDigest(long place, byte[] source, int digestAt) {
    return BlockCid.isSameDigest(
        chunks[number(place)], offset(place) + Integer.BYTES, source, digestAt);
  }

  @Override
  public void show(long place, BlockView view) {
    byte[] chunk = chunks[number(place)];
    int at = offset(place);
    int from = at + HEAD_BYTES;
    view.showInPlace(chunk, from, from + (int) INT.get(chunk, at));
  }

  @Override
  public int touch(long place) {
    byte[] chunk = chunks[number(place)];
    int from = offset(place);
    int to = Math.min(chunk.length, from + TOUCHED_BYTES);
    int sum = 0;
    for (int at = from; at < to; at += CACHE_LINE_BYTES) {
      sum += chunk[at];
    }
    return sum;
  }

  private static int number(long place) {
    return (int) (place >>> CHUNK_BITS);
  }

  private static int offset(long place) {
    return (int) place & CHUNK_BYTES - 1;
  }

  /** The chunks, each of which begins at its number times {@link #CHUNK_BYTES}; some are empty. */
  byte[][] chunks() {
    return chunks;
  }

  @Override
  public void close() {
    budget.release(taken);
    taken = 0;
    chunks = new byte[0][];
    last = NONE;
    lastBegin = 0;
    lastEnd = 0;
  }
}

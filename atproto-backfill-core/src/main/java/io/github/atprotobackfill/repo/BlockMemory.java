package io.github.atprotobackfill.repo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Blocks in one growing array, every byte of which is taken from the common budget. */
final class BlockMemory implements BlockBytes {

  private static final int SMALLEST = 16 << 10;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final BlockBudget budget;
  private final int most;
  private byte[] bytes = {};
  private int end;

  BlockMemory(BlockBudget budget, int most) {
    this.budget = budget;
    this.most = most;
  }

  /** Whether a block of so many bytes has room, if need be after making some. */
  boolean makesRoomFor(int length) {
    long needed = (long) end + HEAD_BYTES + length;
    return needed <= bytes.length || (needed <= most && grow((int) needed));
  }

  private boolean grow(int needed) {
    int wished = (int) Math.min(most, Math.max(SMALLEST, Math.max(needed, 2L * bytes.length)));
    if (!budget.tryReserve(wished)) {
      return false;
    }
    int before = bytes.length;
    bytes = Arrays.copyOf(bytes, wished);
    budget.release(before);
    return true;
  }

  @Override
  public long append(byte[] source, int digestAt, int from, int to) {
    int place = end;
    INT.set(bytes, place, to - from);
    System.arraycopy(source, digestAt, bytes, place + Integer.BYTES, BlockCid.DIGEST_BYTES);
    System.arraycopy(source, from, bytes, place + HEAD_BYTES, to - from);
    end = place + HEAD_BYTES + to - from;
    return place;
  }

  @Override
  public boolean hasDigest(long place, byte[] source, int digestAt) {
    int at = (int) place + Integer.BYTES;
    return Arrays.equals(
        bytes, at, at + BlockCid.DIGEST_BYTES, source, digestAt, digestAt + BlockCid.DIGEST_BYTES);
  }

  @Override
  public void show(long place, BlockView view) {
    int from = (int) place + HEAD_BYTES;
    view.showInPlace(bytes, from, from + (int) INT.get(bytes, (int) place));
  }

  byte[] bytes() {
    return bytes;
  }

  int end() {
    return end;
  }

  @Override
  public void close() {
    budget.release(bytes.length);
    bytes = new byte[0];
    end = 0;
  }
}

package io.github.atprotobackfill.repo;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where a block with a given digest is kept: an open hash table of eight bytes a slot, which hold
 * the place and as much of the hash as it takes to grow without reading the blocks again. Whoever
 * makes the blocks chooses their digests, so the multiplier is random. Not thread-safe.
 */
final class BlockIndex {

  /** The furthest place that fits into a slot. */
  static final long MOST_BYTES = 1L << 35;

  /** As many blocks as the hash can tell apart, at the density to which the table is filled. */
  static final int MOST_BLOCKS = 150_000_000;

  private static final int HASH_BITS = 28;
  private static final int HASH_MASK = (1 << HASH_BITS) - 1;
  private static final int FIRST_BITS = 7;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long multiplier;
  private int bits = FIRST_BITS;

  /** A slot is empty, or the place plus one and behind it the hash. */
  private long[] slots = new long[1 << FIRST_BITS];

  private int size;

  BlockIndex(long random) {
    this.multiplier = random | 1;
  }

  int size() {
    return size;
  }

  /** The place of the block with this digest, or a negative number: where to {@link #put} it. */
  long find(BlockBytes blocks, byte[] source, int digestAt) throws IOException {
    int hash = hash(source, digestAt);
    int slot = hash >>> (HASH_BITS - bits);
    for (long entry = slots[slot]; entry != 0; entry = slots[slot]) {
      if ((entry & HASH_MASK) == hash) {
        long place = (entry >>> HASH_BITS) - 1;
        if (blocks.hasDigest(place, source, digestAt)) {
          return place;
        }
      }
      slot = slot + 1 & slots.length - 1;
    }
    return ~slot;
  }

  /** Keeps the place of a block that {@link #find} did not find but gave {@code notFound} for. */
  void put(long notFound, byte[] source, int digestAt, long place) {
    slots[(int) ~notFound] = ((place + 1) << HASH_BITS) | hash(source, digestAt);
    size++;
    if (size > slots.length - (slots.length >>> 2)) {
      grow();
    }
  }

  private int hash(byte[] source, int digestAt) {
    return (int) (((long) LONG.get(source, digestAt) * multiplier) >>> (Long.SIZE - HASH_BITS));
  }

  private void grow() {
    long[] before = slots;
    bits++;
    slots = new long[1 << bits];
    for (long entry : before) {
      if (entry != 0) {
        slots[freeSlot((int) (entry & HASH_MASK))] = entry;
      }
    }
  }

  private int freeSlot(int hash) {
    int slot = hash >>> (HASH_BITS - bits);
    while (slots[slot] != 0) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }
}

package io.github.atprotobackfill.repo;

/**
 * Where the bytes of one block can be read: in place when they are in memory, else in a copy that
 * the next block shown takes over. Not thread-safe.
 */
final class BlockView {

  /** Beyond this a view does not keep its room for the next block. */
  private static final int LARGEST_KEPT = 16 << 10;

  private static final byte[] NOTHING = {};

  byte[] bytes = NOTHING;
  int from;
  int to;

  private byte[] room = NOTHING;

  void showInPlace(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  /** Room for a copy of so many bytes, shown from its beginning. */
  byte[] roomFor(int length) {
    if (room.length < length) {
      room = new byte[Math.max(length, Math.min(2 * length, LARGEST_KEPT))];
    }
    showInPlace(room, 0, length);
    return room;
  }

  int length() {
    return to - from;
  }

  /** Shows nothing, and lets go of a large copy. */
  void clear() {
    showInPlace(NOTHING, 0, 0);
    if (room.length > LARGEST_KEPT) {
      room = NOTHING;
    }
  }
}

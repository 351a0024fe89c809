package io.github.atprotobackfill.repo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Where the entries of the maps that are being written begin, and the order that DAG-CBOR gives
 * them. The entries of an inner map stand behind those of the maps around it. Not thread-safe.
 */
final class CborEntries {

  private static final int FIRST_ENTRIES = 64;

  private final CborBuffer cbor;
  private int[] keys = new int[FIRST_ENTRIES];
  private int count;

  CborEntries(CborBuffer cbor) {
    this.cbor = cbor;
  }

  /** The number of the entries of all open maps. */
  int count() {
    return count;
  }

  /** Forgets all entries but the first {@code entries}. */
  void cutTo(int entries) {
    count = entries;
  }

  /** Keeps nothing large for the next value. */
  void letGo() {
    if (keys.length > CborBuffer.KEPT_BYTES / Integer.BYTES) {
      keys = new int[FIRST_ENTRIES];
    }
  }

  /**
   * Adds the entry of which the key was written at {@code key}, and tells whether it stands in
   * order behind the one before it in its map, of which {@code first} is the first.
   */
  boolean add(int first, int key) {
    if (count == keys.length) {
      keys = Arrays.copyOf(keys, 2 * count);
    }
    keys[count++] = key;
    return count - first == 1 || compareKeys(cbor.bytes(), keys[count - 2], key) < 0;
  }

  // Encoded keys begin with their length, so their order is that of DAG-CBOR, and none begins with
  // another.
  private static int compareKeys(byte[] bytes, int a, int b) {
    if (bytes[a] != bytes[b]) {
      return bytes[a] - bytes[b];
    }
    return Arrays.compareUnsigned(bytes, a, keyEnd(bytes, a), bytes, b, keyEnd(bytes, b));
  }

  private static int keyEnd(byte[] bytes, int key) {
    CborCursor cursor = new CborCursor(bytes, key, bytes.length);
    int size = cursor.textHead();
    return cursor.at() + size;
  }

  private record Entry(int from, int to) {}

  /**
   * Brings the entries from the {@code first} on, the last things written, into order; false if a
   * key comes twice.
   */
  boolean sort(int first) {
    int from = keys[first];
    byte[] unsorted = Arrays.copyOfRange(cbor.bytes(), from, cbor.length());
    List<Entry> order = new ArrayList<>(count - first);
    for (int i = first; i < count; i++) {
      int to = i + 1 < count ? keys[i + 1] : cbor.length();
      order.add(new Entry(keys[i] - from, to - from));
    }
    Comparator<Entry> byKey = (a, b) -> compareKeys(unsorted, a.from(), b.from());
    order.sort(byKey);
    cbor.cutTo(from);
    for (int i = 0; i < order.size(); i++) {
      Entry entry = order.get(i);
      if (i > 0 && byKey.compare(order.get(i - 1), entry) == 0) {
        return false;
      }
      cbor.put(unsorted, entry.from(), entry.to());
    }
    return true;
  }
}

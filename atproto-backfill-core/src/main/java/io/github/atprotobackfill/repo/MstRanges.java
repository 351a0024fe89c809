package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The paths that are wanted: ascending ranges, each from a path on and up to but without another.
 * They are in the order of the tree, which is that of the bytes of a path: there {@code a.b-c}
 * comes before {@code a.b/} and {@code a.bc} after it.
 */
final class MstRanges {

  private static final byte[] LOWEST = {};

  /** Above every path, which is ASCII. */
  private static final byte[] BEYOND = {(byte) 0xff};

  private final List<byte[]> from = new ArrayList<>();
  private final List<byte[]> to = new ArrayList<>();

  private final boolean everything;

  private MstRanges(boolean everything) {
    this.everything = everything;
  }

  static MstRanges everything() {
    MstRanges all = new MstRanges(true);
    all.from.add(LOWEST);
    all.to.add(BEYOND);
    return all;
  }

  /** The paths of these collections; of all when there are none. */
  static MstRanges of(Set<Nsid> collections) {
    if (collections.isEmpty()) {
      return everything();
    }
    MstRanges wanted = new MstRanges(false);
    collections.stream()
        .map(collection -> (collection + "/").getBytes(US_ASCII))
        .sorted(Arrays::compareUnsigned)
        .forEach(wanted::addAllUnder);
    return wanted;
  }

  private void addAllUnder(byte[] prefix) {
    byte[] behind = prefix.clone();
    behind[behind.length - 1]++;
    from.add(prefix);
    to.add(behind);
  }

  /** What of these ranges lies behind the path of a record. */
  MstRanges after(Nsid collection, RecordKey rkey) {
    byte[] path = (collection + "/" + rkey).getBytes(US_ASCII);
    byte[] next = Arrays.copyOf(path, path.length + 1);
    MstRanges rest = new MstRanges(false);
    for (int i = 0; i < from.size(); i++) {
      if (Arrays.compareUnsigned(to.get(i), next) > 0) {
        rest.from.add(Arrays.compareUnsigned(from.get(i), next) > 0 ? from.get(i) : next);
        rest.to.add(to.get(i));
      }
    }
    return rest;
  }

  /** Whether every path is wanted. */
  boolean isEverything() {
    return everything;
  }

  int size() {
    return from.size();
  }

  /** Whether range {@code i} ends at or before this path. */
  boolean endsBefore(int i, byte[] path, int length) {
    byte[] end = to.get(i);
    return Arrays.compareUnsigned(path, 0, length, end, 0, end.length) >= 0;
  }

  /** Whether range {@code i} begins at or before this path. */
  boolean beginsBy(int i, byte[] path, int length) {
    byte[] begin = from.get(i);
    return Arrays.compareUnsigned(path, 0, length, begin, 0, begin.length) >= 0;
  }

  /** Whether something in range {@code i} could be less than this path. */
  boolean reachesBelow(int i, byte[] path, int length) {
    byte[] begin = from.get(i);
    return Arrays.compareUnsigned(path, 0, length, begin, 0, begin.length) > 0;
  }
}

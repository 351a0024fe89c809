package io.github.atprotobackfill.testkit.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The order in which a host writes the blocks of a repo into a CAR; the protocol allows any. */
public enum BlockOrder {
  /**
   * As the reference host does: what was written last comes first, and what was written together
   * comes by CID backwards. The commit is one of the first blocks, often not the first.
   */
  NEWEST_FIRST,
  /**
   * As the reference host does after a repo was imported: by CID backwards, which is as good as
   * random. The commit is anywhere.
   */
  BY_CID,
  /** The commit, then the tree from the top and from the left, each record where its key stands. */
  FROM_THE_ROOT;

  private static final Comparator<Map.Entry<String, CarBlock>> CID_BACKWARDS =
      Map.Entry.<String, CarBlock>comparingByKey().reversed();
  private static final Comparator<Map.Entry<String, CarBlock>> REV_BACKWARDS =
      Comparator.comparingLong((Map.Entry<String, CarBlock> block) -> block.getValue().rev())
          .reversed()
          .thenComparing(CID_BACKWARDS);

  /**
   * The blocks in this order, each once.
   *
   * @param commit the commit among them
   */
  List<CarBlock> sort(List<CarBlock> blocks, CarBlock commit) {
    Map<String, CarBlock> byCid = new HashMap<>(blocks.size() * 2);
    blocks.forEach(block -> byCid.putIfAbsent(CidMaker.text(block.cid()), block));
    if (this == FROM_THE_ROOT) {
      return fromTheRoot(commit, byCid);
    }
    return byCid.entrySet().stream()
        .sorted(this == BY_CID ? CID_BACKWARDS : REV_BACKWARDS)
        .map(Map.Entry::getValue)
        .toList();
  }

  private static List<CarBlock> fromTheRoot(CarBlock commit, Map<String, CarBlock> byCid) {
    Map<String, CarBlock> left = new HashMap<>(byCid);
    List<CarBlock> sorted = new ArrayList<>(byCid.size());
    Deque<byte[]> next = new ArrayDeque<>();
    next.push(commit.cid());
    while (!next.isEmpty()) {
      CarBlock block = left.remove(CidMaker.text(next.pop()));
      if (block != null) {
        sorted.add(block);
        for (int k = block.links().size() - 1; k >= 0; k--) {
          next.push(block.links().get(k));
        }
      }
    }
    return sorted;
  }
}

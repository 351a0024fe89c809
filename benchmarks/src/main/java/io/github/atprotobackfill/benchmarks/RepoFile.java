package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.repo.BlockCid;
import io.github.atprotobackfill.repo.DagCbor;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Makes the CAR file of a repo of {@link SocialRecords}. The blocks are written once as they come
 * about, then copied in the order wished; only where they stand is held. Its commit has no
 * signature that means anything.
 */
final class RepoFile {

  /** The order of the blocks. */
  enum Order {
    /** As the reference server does: by rev backwards, of one rev by CID backwards. */
    NEWEST_FIRST,
    /** The commit, then the tree from the top, every record where its key stands. */
    FROM_THE_ROOT,
    /** By CID backwards, which is as good as random. */
    BY_CID
  }

  private static final int DIGEST_AT = 4;
  private static final int LOWEST = 255;
  private static final byte[] HEADER_BEFORE_CID = bytes("a265726f6f747381d82a582500");
  private static final byte[] HEADER_BEHIND_CID = bytes("6776657273696f6e01");

  private final int records;
  private final Order order;
  private final SocialRecords content = new SocialRecords();
  private final long[] offsets;
  private final int[] lengths;
  private final long[] first;
  private final long[] second;
  private int blocks;
  private long written;

  private RepoFile(int records, Order order) {
    this.records = records;
    this.order = order;
    int most = records * 3 / 2 + 1000;
    this.offsets = new long[most];
    this.lengths = new int[most];
    this.first = new long[most];
    this.second = new long[most];
  }

  private static byte[] bytes(String hex) {
    return java.util.HexFormat.of().parseHex(hex);
  }

  /** Makes the file of a repo of so many records. */
  static void write(Path car, int records, Order order) throws IOException {
    Path blocks = Files.createTempFile(car.toAbsolutePath().getParent(), "blocks", ".tmp");
    try {
      new RepoFile(records, order).write(car, blocks);
    } finally {
      Files.delete(blocks);
    }
  }

  private void write(Path car, Path unordered) throws IOException {
    BlockCid commit;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unordered), 1 << 20)) {
      commit = writeBlocks(out);
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(car), 1 << 20);
        FileChannel from = FileChannel.open(unordered)) {
      out.write(HEADER_BEFORE_CID.length + BlockCid.BYTES + HEADER_BEHIND_CID.length);
      out.write(HEADER_BEFORE_CID);
      out.write(commit.bytes());
      out.write(HEADER_BEHIND_CID);
      copy(from.map(MapMode.READ_ONLY, 0, from.size()), out);
    }
  }

  private BlockCid writeBlocks(OutputStream out) throws IOException {
    TreeWriter tree =
        new TreeWriter(
            (block, cid, place, level, newest) ->
                keep(out, block, cid, newest, place, LOWEST - 1 - level));
    int place = 0;
    for (String collection : SocialRecords.COLLECTIONS) {
      for (int n = 0; n < records; n++) {
        if (content.collection(n).equals(collection)) {
          byte[] block = content.block(n);
          BlockCid cid = BlockCid.of(block);
          keep(out, block, cid, n, place++, LOWEST);
          tree.put(collection + "/" + SocialRecords.tid(n), cid, n);
        }
      }
    }
    byte[] commit = commit(tree.finish());
    BlockCid cid = BlockCid.of(commit);
    keep(out, commit, cid, records - 1, 0, 0);
    return cid;
  }

  private byte[] commit(BlockCid root) {
    String json =
        """
        {"did":"did:plc:ewvi7nxzyoun6zhxrhs64oiz","rev":"%s","data":{"$link":"%s"},"prev":null,\
        "version":3,"sig":{"$bytes":"%s"}}"""
            .formatted(SocialRecords.tid(records), root, "A".repeat(86));
    return DagCbor.encodeJson(json.getBytes(StandardCharsets.UTF_8));
  }

  private void keep(OutputStream out, byte[] block, BlockCid cid, long rev, int place, int belowTop)
      throws IOException {
    ByteArrayOutputStream section = new ByteArrayOutputStream(block.length + 48);
    length(section, BlockCid.BYTES + block.length);
    section.writeBytes(cid.bytes());
    section.writeBytes(block);
    section.writeTo(out);
    offsets[blocks] = written;
    lengths[blocks] = section.size();
    long digest = ByteBuffer.wrap(cid.bytes()).getLong(DIGEST_AT);
    first[blocks] =
        switch (order) {
          case NEWEST_FIRST -> -rev;
          case FROM_THE_ROOT -> (long) place << Byte.SIZE | belowTop;
          case BY_CID -> 0;
        };
    second[blocks] = order == Order.FROM_THE_ROOT ? 0 : ~digest ^ Long.MIN_VALUE;
    written += section.size();
    blocks++;
  }

  private static void length(ByteArrayOutputStream out, int length) {
    int left = length;
    while (left > 0x7f) {
      out.write((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }

  private void copy(ByteBuffer from, OutputStream out) throws IOException {
    Integer[] sorted = IntStream.range(0, blocks).boxed().toArray(Integer[]::new);
    Arrays.sort(
        sorted, Comparator.<Integer>comparingLong(i -> first[i]).thenComparingLong(i -> second[i]));
    for (int i : sorted) {
      byte[] section = new byte[lengths[i]];
      from.get((int) offsets[i], section);
      out.write(section);
    }
  }
}

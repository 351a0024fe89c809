package io.github.atprotobackfill.testkit.network;

import java.util.List;

/**
 * A block of a repo on its way into a CAR.
 *
 * @param kind what it holds
 * @param cid its name
 * @param data what it holds
 * @param rev the number of the rev that first had it
 * @param links the blocks of the repo that it links to, in the order of the tree
 * @param claimed the length of its data that its frame tells
 */
@SuppressWarnings("ArrayRecordComponent") // Written into an answer, never compared.
record CarBlock(
    BlockKind kind, byte[] cid, byte[] data, long rev, List<byte[]> links, long claimed) {

  CarBlock(BlockKind kind, byte[] cid, byte[] data, long rev, List<byte[]> links) {
    this(kind, cid, data, rev, links, data.length);
  }

  CarBlock withData(byte[] other) {
    return new CarBlock(kind, cid, other, rev, links);
  }
}

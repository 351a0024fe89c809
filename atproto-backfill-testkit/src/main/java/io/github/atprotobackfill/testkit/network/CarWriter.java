package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Writes a CAR, version 1: a header, then blocks, each behind its length and CID. */
final class CarWriter implements BlockSink {

  private final OutputStream out;
  private final ByteWriter frame = new ByteWriter(1024);

  CarWriter(OutputStream out) {
    this.out = out;
  }

  void header(List<byte[]> roots) throws IOException {
    ByteWriter header = new ByteWriter(64);
    CborWriter cbor = new CborWriter(header).map(2).text("roots").array(roots.size());
    roots.forEach(cbor::link);
    cbor.text("version").number(1);
    ByteWriter framed = new ByteWriter(64 + header.length());
    length(framed, header.length());
    framed.put(header.array(), 0, header.length());
    out.write(framed.array(), 0, framed.length());
  }

  @Override
  public void block(CarBlock block) throws IOException {
    frame.clear();
    length(frame, block.cid().length + block.claimed());
    frame.put(block.cid()).put(block.data());
    out.write(frame.array(), 0, frame.length());
  }

  private static void length(ByteWriter to, long length) {
    long rest = length;
    while (rest > 0x7f) {
      to.put((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    to.put((int) rest);
  }
}

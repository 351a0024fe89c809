package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Sends a body in chunks of 64 KiB, the first together with the head (RFC 9112, section 7.1). */
final class ChunkedOutput extends OutputStream {

  private static final int CHUNK_BYTES = 64 * 1024;
  private static final byte[] LINE_END = {'\r', '\n'};

  private final OutputStream wire;
  private final ByteWriter pending;
  private final ByteWriter chunk = new ByteWriter(4096);

  ChunkedOutput(OutputStream wire, byte[] head) {
    this.wire = wire;
    this.pending = new ByteWriter(head.length + 4096).put(head);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int done = 0;
    while (done < count) {
      int now = Math.min(count - done, CHUNK_BYTES - chunk.length());
      chunk.put(bytes, from + done, now);
      done += now;
      if (chunk.length() == CHUNK_BYTES) {
        frame();
        send();
      }
    }
  }

  /** Sends what is left, and the end. */
  void finish(Runnable sent) throws IOException {
    if (chunk.length() > 0) {
      frame();
    }
    pending.text("0\r\n\r\n");
    sent.run();
    send();
  }

  private void frame() {
    pending.put(Integer.toHexString(chunk.length()).getBytes(StandardCharsets.US_ASCII));
    pending.put(LINE_END).put(chunk.array(), 0, chunk.length()).put(LINE_END);
    chunk.clear();
  }

  private void send() throws IOException {
    wire.write(pending.array(), 0, pending.length());
    pending.clear();
  }
}

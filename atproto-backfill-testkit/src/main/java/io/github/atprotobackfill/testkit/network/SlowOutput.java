package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Gives bytes on no faster than it is told to. */
final class SlowOutput extends OutputStream {

  private static final int SLICES_PER_SECOND = 20;

  private final OutputStream out;
  private final long bytesPerSecond;
  private final Pause pause;

  SlowOutput(OutputStream out, long bytesPerSecond, Pause pause) {
    this.out = out;
    this.bytesPerSecond = bytesPerSecond;
    this.pause = pause;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int slice = (int) Math.max(1, Math.min(count, bytesPerSecond / SLICES_PER_SECOND));
    for (int done = 0; done < count; done += slice) {
      int now = Math.min(slice, count - done);
      await(Math.max(1, 1000L * now / bytesPerSecond));
      out.write(bytes, from + done, now);
    }
  }

  private void await(long millis) throws IOException {
    try {
      pause.millis(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("closing");
    }
  }
}

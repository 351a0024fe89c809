package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.xrpc.ArrivingBody.CutShort;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PushbackInputStream;
import java.util.Objects;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BodyReader} reads: the body decoded, up to its cap, and whatever breaks it told as
 * what it means. Not thread-safe.
 */
final class BodyStream extends InputStream {

  private static final int INFLATER_BUFFER = 16 * 1024;

  private final Call call;
  private final int status;
  private final String encoding;
  private final StreamedBody body;
  private final Function<IOException, XrpcException> breaks;

  private @Nullable InputStream decoded;
  private long size;
  private boolean closed;
  private boolean interrupted;
  private @Nullable XrpcException broken;

  /**
   * The stream of one answer.
   *
   * @param encoding its {@code Content-Encoding} in lower case; empty for none
   * @param breaks tells what it means that the body broke off
   */
  BodyStream(
      Call call,
      int status,
      String encoding,
      StreamedBody body,
      Function<IOException, XrpcException> breaks) {
    this.call = call;
    this.status = status;
    this.encoding = encoding;
    this.body = body;
    this.breaks = breaks;
  }

  /** The body as it arrives. */
  private final class Raw extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return body.read(into, offset, length);
      } catch (InterruptedException stop) {
        interrupted = true;
        body.cutShort(CutShort.ABANDONED);
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while reading a body");
      } catch (IOException failed) {
        throw broken(breaks.apply(failed));
      }
    }

    @Override
    public int available() {
      return body.available();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    refuseWhatIsOver();
    if (length == 0) {
      return 0;
    }
    int count = decode(into, offset, length);
    size += Math.max(count, 0);
    if (size > call.maxBytes()) {
      String detail = "the answer is larger than " + call.maxBytes() + " bytes";
      body.cutShort(CutShort.TOO_LARGE);
      throw broken(call.failure(ErrorKind.RESPONSE_TOO_LARGE, detail, status, null));
    }
    return count;
  }

  private void refuseWhatIsOver() throws IOException {
    if (closed) {
      throw new IOException("this body is closed");
    }
    if (broken != null) {
      throw new IOException(broken.getMessage(), broken);
    }
    if (interrupted) {
      throw new InterruptedIOException("interrupted while reading a body");
    }
  }

  private int decode(byte[] into, int offset, int length) throws IOException {
    try {
      InputStream in = decoded();
      int count = in.read(into, offset, length);
      if (count < 0) {
        awaitEnd();
      }
      return count;
    } catch (EOFException early) {
      String detail = "the answer ends in the middle, after " + body.received() + " packed bytes";
      throw broken(call.failure(ErrorKind.CONNECT, detail, status, early));
    } catch (ZipException notGzip) {
      String detail = "the answer is not the gzip it is said to be: " + notGzip.getMessage();
      throw broken(call.failure(ErrorKind.INVALID_RESPONSE, detail, status, notGzip));
    }
  }

  private InputStream decoded() throws IOException {
    InputStream known = decoded;
    if (known == null) {
      known = decoder();
      decoded = known;
    }
    return known;
  }

  private InputStream decoder() throws IOException {
    return switch (encoding) {
      case "", "identity" -> new Raw();
      case "gzip", "x-gzip" -> gunzip(new PushbackInputStream(new Raw(), 1));
      default -> {
        String detail = "unasked Content-Encoding \"" + encoding + "\"";
        throw broken(call.failure(ErrorKind.INVALID_RESPONSE, detail, status, null));
      }
    };
  }

  /** Of nothing, gzip is nothing: a body without bytes need not have the header either. */
  private static InputStream gunzip(PushbackInputStream packed) throws IOException {
    int first = packed.read();
    if (first < 0) {
      return packed;
    }
    packed.unread(first);
    return new GZIPInputStream(packed, INFLATER_BUFFER);
  }

  /** What was unpacked can end before what was sent; only then can the connection be kept. */
  private void awaitEnd() throws IOException {
    new Raw().read();
  }

  private IOException broken(XrpcException why) {
    broken = why;
    return new IOException(why.getMessage(), why);
  }

  @Override
  public int available() throws IOException {
    return closed || decoded == null ? 0 : decoded.available();
  }

  /**
   * Throws what ended the body, if the reader that threw {@code thrown} had met with it.
   *
   * @throws InterruptedException when the thread was interrupted
   * @throws XrpcException when the body broke
   */
  void throwWhatBroke(Exception thrown) throws InterruptedException {
    if (interrupted) {
      Thread.interrupted();
      InterruptedException stop = new InterruptedException("interrupted while reading a body");
      stop.addSuppressed(thrown);
      throw stop;
    }
    XrpcException why = broken;
    if (why != null) {
      if (thrown != why && thrown.getCause() != why) {
        why.addSuppressed(thrown);
      }
      throw why;
    }
  }

  /** Ends the body; its connection is closed by whoever ends the exchange. */
  @Override
  public void close() {
    closed = true;
    InputStream unpacking = decoded;
    if (unpacking != null) {
      closeQuietly(unpacking);
    }
  }

  /** Gives the inflater's memory back; there is nothing to be flushed, so nothing can fail. */
  private static void closeQuietly(InputStream unpacking) {
    try {
      unpacking.close();
    } catch (IOException impossible) {
      throw new IllegalStateException("closing an inflater does no I/O", impossible);
    }
  }
}

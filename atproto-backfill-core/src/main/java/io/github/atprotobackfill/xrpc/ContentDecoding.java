package io.github.atprotobackfill.xrpc;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Undoes the one {@code Content-Encoding} that we ask for; never grows past a cap. */
final class ContentDecoding {

  private static final int MOST_FRAMING = 1024;
  private static final int SMALLEST_GZIP = 18;
  private static final int BEST_DEFLATE_RATIO = 1032;
  private static final int INFLATER_BUFFER = 8 * 1024;

  private ContentDecoding() {}

  /** The decoded body would be larger than the cap. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** The body is encoded in a way that nobody asked for. */
  static final class UnknownEncodingException extends IOException {
    private static final long serialVersionUID = 1L;

    UnknownEncodingException(String encoding) {
      super("unasked Content-Encoding \"" + encoding + "\"");
    }
  }

  /** How large a body may be that decodes to no more than {@code maxBytes}. */
  static int mostEncoded(int maxBytes) {
    // What does not compress is stored, in blocks with a header each, and so grows a little.
    long most = maxBytes + maxBytes / 1000L + MOST_FRAMING;
    return (int) Math.min(most, XrpcClientBuilder.LARGEST_BODY);
  }

  /**
   * The first {@code length} of {@code bytes}, decoded, in an array of their own size.
   *
   * @throws EOFException when the compressed form ends too early
   */
  static byte[] decode(byte[] bytes, int length, String encoding, int maxBytes) throws IOException {
    return switch (encoding) {
      case "", "identity" -> bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
      case "gzip", "x-gzip" -> length == 0 ? new byte[0] : gunzip(bytes, length, maxBytes);
      default -> throw new UnknownEncodingException(encoding);
    };
  }

  private static byte[] gunzip(byte[] bytes, int length, int maxBytes) throws IOException {
    byte[] out = new byte[Math.min(maxBytes, likelySize(bytes, length))];
    int size = 0;
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(bytes, 0, length), INFLATER_BUFFER)) {
      while (true) {
        size += in.readNBytes(out, size, out.length - size);
        int more = size < out.length ? -1 : in.read();
        if (more < 0) {
          return size == out.length ? out : Arrays.copyOf(out, size);
        }
        if (size == maxBytes) {
          throw new TooLargeException();
        }
        out = Arrays.copyOf(out, (int) Math.min(maxBytes, 2L * Math.max(size, INFLATER_BUFFER)));
        out[size++] = (byte) more;
      }
    }
  }

  /** The size in the trailer (RFC 1952 §2.3.1), which may lie, as far as deflate can reach. */
  private static int likelySize(byte[] bytes, int length) {
    if (length < SMALLEST_GZIP) {
      return 0;
    }
    long size = 0;
    for (int i = 1; i <= Integer.BYTES; i++) {
      size = size << Byte.SIZE | (bytes[length - i] & 0xff);
    }
    return (int) Math.min(size, Math.min((long) length * BEST_DEFLATE_RATIO, Integer.MAX_VALUE));
  }
}
